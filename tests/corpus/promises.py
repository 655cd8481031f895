"""What reading promises of any page at all, checked by one function: `broken_promises`.

`python -m tests.corpus.promises DIR…` checks every page of folders and prints what does not hold.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import groupby, pairwise
from pathlib import Path

from corpus.agent_lines import agent_line_ranges
from corpus.blocks import page_blocks
from corpus.chunks import LONGEST_CHUNK_CHARACTERS
from corpus.dialects import TEXT_TAGS, inline_words, tag_name
from corpus.document import Chunk, Document, Example, Page, Passage, Section
from corpus.html_reading import swallows_the_rest
from corpus.markdown import ParsedPage, parse_page
from corpus.plain import html_text
from corpus.reading import read_document
from corpus.sources import read_corpus
from service.page_body import page_body

_NO_TEXT = ("front_matter", "module_lines", "hr", "heading_open")
_FENCE_MARK = re.compile(r"[\s>*+\-\d.)]*(```|~~~)")
_MARKS_ONLY = re.compile(r"[\\\s>*+\-|:=~`\d.)#]*")
_DEFINITION = re.compile(r"[\s>*+-]{0,20}\[[^\]\n]+\]:")
_DEFINITION_TITLE = re.compile(r"""\s*(?:<.*>|\S+)?\s*(?:"[^"]*"|'[^']*'|\([^)]*\))?\s*""")


def broken_promises(page: Page, document: Document | None = None) -> list[str]:
    """Read a page and say, one sentence each, what was promised of it and is not so."""
    document = document or read_document(page)
    parsed = parse_page(page)
    return [
        *_of_chunks(parsed, document.chunks),
        *_of_lines(parsed, document.chunks),
        *_of_places(parsed, document),
        *_of_anchors(document),
    ]


def follows_as_code(text: str) -> bool:
    """Tell whether a renderer would take what follows a text for code."""
    tokens = parse_page(Page("", "", f"{text}\n\nwhat follows\n")).tokens
    return any(token.type == "fence" and "what follows" in token.content for token in tokens)


def _of_chunks(parsed: ParsedPage, chunks: tuple[Chunk, ...]) -> Iterator[str]:
    for chunk in chunks:
        written = parsed.verbatim(chunk.start_line, chunk.end_line)
        if chunk.text != written and not (chunk.start_line == chunk.end_line and chunk.text in written):
            yield f"{chunk} is not verbatim"
        if follows_as_code(chunk.text):
            yield f"{chunk} leaves a fence open"
        if len(chunk.text) > LONGEST_CHUNK_CHARACTERS and not _is_one_block_of_code(chunk.text):
            yield f"{chunk} has {len(chunk.text):,} characters"
    for fence in _closed_fences(parsed):
        for chunk in chunks:
            if 0 < sum(chunk.start_line <= line <= chunk.end_line for line in fence) < len(fence):
                yield f"{chunk} splits the fence in lines {fence.start}-{fence.stop - 1}"
    if len({chunk.id for chunk in chunks}) < len(chunks):
        yield "two chunks have one id"


def _closed_fences(parsed: ParsedPage) -> list[range]:
    """Return the lines of every fence that has its closing line."""
    fences = [token for token in parsed.tokens if token.type == "fence" and token.map]
    places = [(token.map or [0, 0], len(token.content.splitlines())) for token in fences]
    return [range(start + 1, end + 1) for (start, end), content in places if end - start == content + 2]


def _is_one_block_of_code(text: str) -> bool:
    tokens = parse_page(Page("", "", text)).tokens
    longest = max(
        (len(token.content) for token in tokens if token.type in ("fence", "code_block", "html_block")), default=0
    )
    return longest > len(text) - LONGEST_CHUNK_CHARACTERS


def _of_lines(parsed: ParsedPage, chunks: tuple[Chunk, ...]) -> Iterator[str]:
    """Every line with text is in one chunk; only a very long line is in several, each of which holds a part of it."""
    for before, after in pairwise(chunks):
        if after.start_line <= before.end_line and not (before.start_line == before.end_line == after.end_line):
            yield f"{after} repeats lines of {before}"
    for line, parts in groupby(
        (chunk for chunk in chunks if chunk.start_line == chunk.end_line), lambda each: each.start_line
    ):
        texts = [part.text for part in parts]
        if len(texts) > 1 and "".join(texts) != parsed.verbatim(line, line):
            yield f"line {line} is not the sum of its parts"
    if not chunks and not _has_words(parsed):
        return
    covered = {line for chunk in chunks for line in range(chunk.start_line, chunk.end_line + 1)}
    silent = set(_silent_lines(parsed))
    for number, text in enumerate(parsed.lines, start=1):
        if (
            number not in covered
            and number not in silent
            and not _MARKS_ONLY.fullmatch(inline_words(text.strip("\ufeff\r\n")))
        ):
            yield f"line {number} is lost: {text[:60]!r}"


def _has_words(parsed: ParsedPage) -> bool:
    """Tell whether a page says anything beside its headings."""
    return any(block.plain.strip() for block in page_blocks(parsed) if block.kind != "heading")


def _silent_lines(parsed: ParsedPage) -> Iterator[int]:
    """Yield the lines that hold no text of the page."""
    for start, end in agent_line_ranges(parsed.tokens):
        yield from range(start + 1, end + 1)
    for token in parsed.tokens:
        html = token.type == "html_block" and not swallows_the_rest(token.content) and not html_text(token.content)
        tag = token.type == "directive" and tag_name(token.info) not in TEXT_TAGS
        if token.map and (token.type in _NO_TEXT or html or tag):
            yield from range(token.map[0] + 1, token.map[1] + 1)
    titled = False
    for number, text in enumerate(parsed.lines, start=1):
        if (
            _FENCE_MARK.match(text)
            or _DEFINITION.match(text)
            or (titled and text.strip() and _DEFINITION_TITLE.fullmatch(text))
        ):
            yield number
        titled = bool(_DEFINITION.match(text))


def _of_places(parsed: ParsedPage, document: Document) -> Iterator[str]:
    last = len(parsed.lines)
    located: list[Section | Chunk | Passage | Example] = [
        *document.sections,
        *document.chunks,
        *document.passages,
        *document.examples,
    ]
    for each in located:
        if not 1 <= each.start_line <= each.end_line <= last:
            yield f"{each} is out of the page's {last} lines"
    for warning in document.warnings:
        if not 1 <= warning.line <= max(1, last):
            yield f"{warning} is out of the page's {last} lines"
    for passage in document.passages:
        chunk = document.chunks[passage.chunk]
        if not chunk.start_line <= passage.start_line <= chunk.end_line:
            yield f"passage {passage} is not in its chunk {chunk}"
    for chunk in document.chunks:
        inside = {
            (s.anchor, s.headings)
            for s in document.sections
            if s.start_line <= chunk.end_line and s.end_line >= chunk.start_line
        }
        if inside != {(chunk.anchor, chunk.headings)}:
            yield f"{chunk} lies in several sections"


def _of_anchors(document: Document) -> Iterator[str]:
    anchors = [section.anchor for section in document.sections if section.level]
    if len(set(anchors)) < len(anchors):
        yield f"anchors repeat: {sorted({each for each in anchors if anchors.count(each) > 1})[:5]}"
    html = page_body(document.page)
    if "shown as plain text." in html[:1000]:
        return
    ids = _Ids(html).found
    if missing := [anchor for anchor in anchors if anchor not in ids]:
        yield f"anchors are not in the page's HTML: {missing[:5]}"


class _Ids(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.update(value or "" for name, value in attrs if name == "id")


def main(folders: list[str]) -> None:
    """Check folders of notes."""
    for folder in folders:
        corpus = read_corpus(Path(folder))
        print(f"{folder}: {len(corpus.pages)} pages, {len(corpus.warnings)} files with warnings")
        for page in corpus.pages:
            for sentence in broken_promises(page):
                print(f"  {page.path}: {sentence}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""A page's Markdown as agents get it: plain Markdown that reads alone, with every link leading to Markdown.

Tags of documentation dialects become words (tabs stand one after another under their titles), HTML becomes Markdown,
front matter and other services' lines for agents are left out, and code stays as it is. Excerpts keep the file's own
characters; this is for reading whole pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from markdown_it.token import Token

from corpus.agent_lines import agent_line_ranges
from corpus.blocks import is_closed_fence
from corpus.dialects import attributes_of, directive_words, tag_name
from corpus.document import Example, Page
from corpus.markdown import ParsedPage, parse_page
from service.agent_lines import footer, pointer
from service.agent_links import LinkWriter, Targets, targets_in
from service.html_markdown import html_markdown
from service.markdown_answer import fenced
from service.page_paths import PagePaths, markdown_address

_BELOW = "what is written below"
_ENDINGS = ("```", "~~~", "-->", "</pre>", "</script>", "</style>", "</textarea>", "?>", "]]>", ">", "`" * 40, "~" * 40)
"""What closes a block that would take in all that follows it."""
INDENT = 4
"""Columns that MkDocs indents the body of a tab or a note by."""


def agent_page(page: Page, paths: PagePaths, site: str, examples: Sequence[Example] = ()) -> str:
    """Return the page as Markdown between the lines for agents. It takes CPU time: call it off the event loop."""
    address = markdown_address(page.path)
    return f"{pointer(site)}\n\n{agent_text(page, paths, site, examples)}\n\n{footer(site, address)}"


def agent_text(page: Page, paths: PagePaths, site: str, examples: Sequence[Example] = ()) -> str:
    """Return the page's own text as plain Markdown, beginning with its title; included code comes with the examples."""
    parsed = parse_page(page)
    included = {example.start_line: example for example in examples if example.origin}
    text = "\n".join(_Rewriting(parsed, LinkWriter(page.path, paths, site), included).lines()).rstrip()
    has_title = any(token.type == "heading_open" and token.tag == "h1" for token in parsed.tokens)
    return closed(text if has_title else f"# {page.title}\n\n{text}".rstrip())


def closed(text: str) -> str:
    """Return the text with an end to a block that would take in what is written below it, as an open comment does."""
    endings = (f"{text}\n{ending}" for ending in _ENDINGS)
    return next((each for each in (text, *endings) if _lets_follow(each)), text)


def _lets_follow(text: str) -> bool:
    tokens = parse_page(Page("", "", f"{text}\n\n# {_BELOW}\n")).tokens
    return any(
        token.type == "heading_open" and token.level == 0 and following.content == _BELOW
        for token, following in pairwise(tokens)
    )


class _Rewriting:
    """Goes through a page's tokens once, and notes for each line what becomes of it."""

    def __init__(self, parsed: ParsedPage, links: LinkWriter, included: Mapping[int, Example]) -> None:
        self._links = links
        self._included = included
        self._lines = [line.rstrip("\r\n") for line in parsed.lines]
        self._replaced: dict[int, list[str]] = {}
        self._code: set[int] = set()
        self._text: dict[int, Targets] = {}
        self._indents = _indents(parsed.tokens, len(self._lines))
        for start, end in agent_line_ranges(parsed.tokens):
            self._replace(start, end, [])
        for position, token in enumerate(parsed.tokens):
            if token.map and token.map[0] not in self._replaced:
                following = parsed.tokens[position + 1] if position + 1 < len(parsed.tokens) else None
                self._read(token, token.map[0], token.map[1], following)
                if token.type == "fence" and not is_closed_fence(parsed, token):
                    self._close(token, token.map[0], token.map[1] - 1)
        for number, targets in self._text.items():
            self._lines[number] = links.inline(self._lines[number], targets)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the rewritten page; blank lines stand alone, except in code."""
        previous = ""
        written = self._replaced.keys() | self._text.keys() | self._code
        for number, line in enumerate(self._lines):
            if number not in written:
                line = self._links.definition(line)
            for text in self._replaced.get(number, [line]):
                if text.strip() or previous.strip() or number in self._code:
                    previous = _dedented(text, self._indents[number])
                    yield previous

    def _read(self, token: Token, start: int, end: int, following: Token | None) -> None:
        if token.type in ("front_matter", "module_lines"):
            self._replace(start, end, [])
        elif token.type == "directive" and (example := self._included.get(start + 1)):
            self._replace(start, end, ["", *fenced(example.code, example.language).split("\n"), ""])
        elif token.type == "directive":
            has_content = following is not None and following.type != "directive"
            words = tag_markdown(token, self._links, has_content=has_content)
            self._replace(start, end, ["", words, ""] if words else [""])
        elif token.type == "html_block":
            self._replace(start, end, html_markdown(token.content, self._links).split("\n"))
        elif token.type == "inline":
            targets = targets_in(token)
            for number in range(start, end):
                # The cells of a row stand on one line, which is rewritten once.
                self._text[number] = self._text[number].joined(targets) if number in self._text else targets
        elif token.type in ("fence", "code_block"):
            self._code.update(range(start, end))
            for number in range(start, end):
                example = self._included.get(number + 1)
                if example and token.markup not in example.code:
                    self._replace(number, number + 1, example.code.rstrip("\n").split("\n"))

    def _replace(self, start: int, end: int, texts: Sequence[str]) -> None:
        """Put texts in the place of lines, behind what stands before the first: a list's indent, a quote's marks."""
        first = self._lines[start]
        margin = first[: len(first) - len(first.lstrip(" \t>"))]
        self._replaced.update({number: [] for number in range(start, end)})
        self._replaced[start] = [f"{margin}{text}".rstrip() for text in texts]

    def _close(self, fence: Token, start: int, last: int) -> None:
        """Close a fence that the page leaves open, as deep in lists and quotes as it was opened."""
        before = self._lines[start].partition(fence.markup)[0]
        margin = "".join(character if character == ">" else " " for character in before)
        self._replaced[last] = [self._lines[last], f"{margin}{fence.markup}"]


def tag_markdown(token: Token, links: LinkWriter, *, has_content: bool) -> str:
    """Return what a dialect tag says, as a line of Markdown; empty when it only shapes the page."""
    name, attributes = tag_name(token.info), attributes_of(token.info)
    words = " ".join(directive_words(token).split())
    target = attributes.get("href") or attributes.get("url", "")
    if name == "include":
        file = token.info.removeprefix("include").strip(" \"'")
        if address := links.address(file):
            return f"[{file}]({address})"
        return f"(The text of `{file}` belongs here; it is not on this page.)"
    if name.startswith("openapi") and attributes.get("path"):
        return f"**{' '.join((*attributes.get('method', '').upper().split(), attributes['path']))}**"
    if name == "file":
        return f"**File: {words.rpartition('/')[2]}**" if words else ""
    if target:
        if name in ("content-ref", "page-ref") and has_content:
            return ""
        address = links.address(target)
        return f"[{words or target}]({address})" if address else f"**{words or target}**"
    return f"**{words}**" if words else ""


def _indents(tokens: Sequence[Token], count: int) -> list[int]:
    """Return for each line how many columns the bodies of indented tabs and notes around it take."""
    indents, opened, last = [0] * (count + 1), list[int](), 0
    for token in tokens:
        if token.map:
            last = max(last, token.map[1])
        if token.type != "directive" or token.meta.get("dialect") != "indented":
            continue
        if token.map:
            opened.append(token.map[1])
        elif opened:
            for number in range(opened.pop(), min(last, count)):
                indents[number] += INDENT
    return indents


def _dedented(line: str, columns: int) -> str:
    return line[columns:] if not line[:columns].strip() else line.lstrip(" ")

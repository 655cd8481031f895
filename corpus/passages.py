"""Take chunks apart into passages: what can be an answer. Sentences, list items, whole lists under their lead-in,
table rows, short code.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from corpus.blocks import Block, page_blocks
from corpus.document import Chunk, Passage, PassageKind
from corpus.markdown import ParsedPage
from corpus.plain import html_lines, inline_text
from corpus.sentences import split_sentences

LONGEST_LIST_CHARACTERS = 300
SHORTEST_CHARACTERS = 3
_CODE_LINES = 3
_BEGINNING_CHARACTERS = 30
_NEAR_CHUNKS = 3
_HEAD = re.compile(r"(.{1,60}?)(?::\s| [—–-] |\. (?=[A-Z`]))")
_POINTS_BACK = re.compile(
    r"(?:it|they|this|that|these|those|he|she|its|their|such|here|but|and|so|however|otherwise|then)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Found:
    start_line: int
    end_line: int
    text: str
    kind: PassageKind


def page_passages(parsed: ParsedPage, chunks: Sequence[Chunk]) -> tuple[Passage, ...]:
    """Return the passages of a page's chunks, those of each chunk together, in order of the page."""
    passages: list[Passage] = []
    places = _Places(chunks)
    lead = ""
    for block in page_blocks(parsed):
        found = list(_block_passages(block, lead))
        lead = _lead_in(block, found, lead)
        for entry in found:
            position = places.of(entry)
            if position is not None and len(entry.text) >= SHORTEST_CHARACTERS:
                end_line = parsed.last_text_line(entry.start_line, entry.end_line)
                passages.append(Passage(position, parsed.page.path, entry.start_line, end_line, entry.text, entry.kind))
    return tuple(sorted(passages, key=lambda passage: passage.chunk))


def leans_on_context(text: str) -> bool:
    """Tell whether a passage begins with a word that points back ("It returns …")."""
    return bool(_POINTS_BACK.match(text))


class _Places:
    """Knows which chunk holds a line and, of a line that was cut into several chunks, which one holds a sentence."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._order = sorted(range(len(chunks)), key=lambda i: chunks[i].start_line)
        self._chunks = [chunks[i] for i in self._order]
        self._starts = [chunk.start_line for chunk in self._chunks]
        self._last = 0

    def of(self, entry: _Found) -> int | None:
        """Return the position of the chunk that holds the passage's first line; passages come in the page's order."""
        after = bisect_right(self._starts, entry.start_line)
        if not after or self._chunks[after - 1].end_line < entry.start_line:
            return None
        first = bisect_left(self._starts, self._starts[after - 1])
        if after - first > 1:
            # Sentences of a line come one after the other: this one begins in the last one's chunk or soon after.
            first = max(first, self._last)
            near = range(first, min(after, first + _NEAR_CHUNKS))
            beginning = entry.text[:_BEGINNING_CHARACTERS]
            first = self._last = next((place for place in near if beginning in self._chunks[place].text), first)
        return self._order[first]


def _lead_in(block: Block, found: Sequence[_Found], lead: str) -> str:
    """Return the sentence that announces the next block ("The phases are:"); tags between the two do not matter."""
    if block.kind in ("directive", "hr"):
        return lead
    last = found[-1].text if block.kind == "paragraph" and found else ""
    return last if last.endswith((":", "：")) else ""


def _block_passages(block: Block, lead: str) -> Iterator[_Found]:
    if block.kind in ("bullet_list", "ordered_list"):
        yield from _list_passages(block.tokens, lead)
    elif block.kind == "table":
        yield from _rows(block.tokens)
    elif block.kind == "html_block":
        yield from _html_sentences(block)
    elif block.kind not in ("heading", "open_fence"):
        yield from _prose(block.tokens, "sentence", lead)


def _prose(tokens: Sequence[Token], kind: PassageKind, lead: str = "") -> Iterator[_Found]:
    """Yield sentences of every paragraph, and short code under the sentence that announces it."""
    for token in tokens:
        if token.type == "inline" and token.map:
            yield from _sentences(
                inline_text(token.children, keep_line_ends=True), token.map[0] + 1, token.map[1], kind
            )
        elif token.type == "fence" and token.map and lead and token.content.count("\n") <= _CODE_LINES:
            yield _Found(token.map[0] + 1, token.map[1], f"{lead} `{token.content.strip()}`", "code")


def _list_passages(tokens: Sequence[Token], lead: str) -> Iterator[_Found]:
    """Yield the whole list when it is short, or its items' heads, then the items one by one."""
    items = [_first_paragraph(part) for part in _outer_items(tokens)]
    first = tokens[0].map
    if first and len(items) > 1:
        whole = next((text for text in (_listed(lead, items), _listed(lead, _heads(items))) if text), "")
        if whole:
            yield _Found(first[0] + 1, first[1], whole, "list")
    yield from _prose(tokens, "item")


def _listed(lead: str, items: Sequence[str]) -> str:
    """Return a list under its lead-in, or nothing when it is too long to be an answer."""
    text = "\n".join([lead, *(f"- {item}" for item in items)]).strip()
    return text if items and len(text) <= LONGEST_LIST_CHARACTERS else ""


def _heads(items: Sequence[str]) -> list[str]:
    """Return what each item names before it explains ("timers: run …"), or nothing when they are not written so."""
    heads = [match[1] for item in items if (match := _HEAD.match(item))]
    return heads if len(heads) == len(items) else []


def _outer_items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    starts = [
        i for i, token in enumerate(tokens) if token.type == "list_item_open" and token.level == tokens[0].level + 1
    ]
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start:end]


def _first_paragraph(tokens: Sequence[Token]) -> str:
    text = next((inline_text(token.children) for token in tokens if token.type == "inline"), "")
    return " ".join(text.split())


def _rows(tokens: Sequence[Token]) -> Iterator[_Found]:
    """Yield each body row as `header: cell; header: cell`."""
    header: list[str] = []
    row: list[str] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            row, line = [], (token.map[0] + 1 if token.map else 0)
        elif token.type == "inline":
            row.append(" ".join(inline_text(token.children).split()))
        elif token.type == "tr_close":
            if not header:
                header = row
            elif any(row) and line:
                yield _Found(line, line, _row_text(header, row), "row")


def _row_text(header: Sequence[str], row: Sequence[str]) -> str:
    named = (f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=False) if cell)
    return "; ".join(named)


def _html_sentences(block: Block) -> Iterator[_Found]:
    yield from _sentences(html_lines(block.tokens[0].content), block.start_line, block.end_line, "sentence")


def _sentences(text: str, start_line: int, end_line: int, kind: PassageKind) -> Iterator[_Found]:
    """Yield the sentences of a text whose newlines are those of the file from its first line on."""
    for sentence in split_sentences(text):
        first, last = start_line + sentence.first_line, start_line + sentence.last_line
        yield _Found(min(first, end_line), min(last, end_line), sentence.text, kind)

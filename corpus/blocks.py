"""Group a page's tokens into blocks: the smallest pieces that an excerpt may begin or end with.

A paragraph, a fence with its tags, a list, a table. Lists and tables can be taken apart further at items and rows,
paragraphs at lines; a closed code fence never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from markdown_it.token import Token

from corpus.agent_lines import agent_line_ranges, holds
from corpus.dialects import TEXT_TAGS, tag_name
from corpus.document import Page
from corpus.fenced_text import fenced_text
from corpus.html_reading import swallows_the_rest
from corpus.markdown import ParsedPage, parse_page
from corpus.plain import block_text

LONGEST_LOOSE_CHARACTERS = 1000
_SPLIT_AT = {
    "bullet_list": "list_item_open",
    "ordered_list": "list_item_open",
    "table": "tr_open",
    "blockquote": "paragraph_open",
}
_CONTAINERS = frozenset({"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open", "footnote_open"})
_NOT_TEXT = frozenset({"front_matter", "footnote_block"})
_FENCE_MARKS = ("```", "~~~")
_FENCE_LINE = re.compile(r"[ \t>*+0-9.)-]*(?:`{3,}[^`]*|~{3,}.*)", re.DOTALL)
_AFTER = "after the text"

Standing = Literal["whole", "inside", "alone"]
"""`whole`: reads alone as it reads in the page. `inside`: was cut out of a block and may read differently. `alone`:
must not share an excerpt with its neighbours, for a line that would unbalance the fences stands between."""


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level piece of a page; lines are 1-based and inclusive."""

    kind: str
    start_line: int
    end_line: int
    tokens: tuple[Token, ...]
    standing: Standing = "whole"

    @property
    def plain(self) -> str:
        """The block's words."""
        return block_text(self.tokens)

    @property
    def is_code(self) -> bool:
        """Whether it is a code block, which is never cut."""
        html = self.tokens[0].content.lower() if self.kind == "html_block" else ""
        return self.kind in ("fence", "code_block") or (html.lstrip().startswith("<pre") and "</pre" in html)


def page_blocks(parsed: ParsedPage) -> list[Block]:
    """Return the page's top-level blocks in order of their lines; front matter and agent instructions are left out."""
    skipped = agent_line_ranges(parsed.tokens)
    blocks: list[Block] = []
    for block in _top_level(parsed.tokens):
        if holds(skipped, block.start_line - 1):
            continue
        if block.kind == "fence" and not is_closed_fence(parsed, block.tokens[0]):
            blocks += loose_blocks(parsed, replace(block, kind="open_fence", start_line=block.start_line + 1))
        elif block.kind == "html_block" and swallows_the_rest(block.tokens[0].content):
            blocks += loose_blocks(parsed, replace(block, kind="open_html"))
        elif block.kind == "fence" and (tokens := fenced_text(block.tokens[0])):
            blocks.append(replace(block, tokens=tuple(tokens)))
        else:
            blocks.append(block)
    # Footnotes stand at the end of the tokens, wherever they stand in the file.
    return sorted(blocks, key=lambda block: block.start_line)


def _top_level(tokens: Sequence[Token]) -> Iterator[Block]:
    group: list[Token] = []
    footnote = False
    for token in tokens:
        footnote = (footnote or token.type == "footnote_open") and token.type != "footnote_close"
        if token.type.startswith("footnote_block"):
            continue
        group.append(token)
        if token.level == 0 and token.nesting <= 0 and not footnote:
            lines = [entry.map for entry in group if entry.map]
            kind = group[0].type.removesuffix("_open")
            if kind == "directive" and (tag_name(token.info) in TEXT_TAGS or "included" in token.meta):
                kind = "reference"
            if lines and kind not in _NOT_TEXT:
                yield Block(kind, min(line[0] for line in lines) + 1, max(line[1] for line in lines), tuple(group))
            group = []


def is_closed_fence(parsed: ParsedPage, fence: Token) -> bool:
    """Tell whether a fence token has its closing line: one line of its range, beside the first, is not its content."""
    if not fence.map:
        return False
    return fence.map[1] - fence.map[0] - 1 > fence.content.count("\n")


def leaves_fence_open(text: str) -> bool:
    """Tell whether what is written below a text would be read as part of a code fence that the text opens."""
    if not any(mark in text for mark in _FENCE_MARKS):
        return False
    tokens = parse_page(Page("", "", f"{text}\n\n{_AFTER}\n")).tokens
    return any(token.type == "fence" and token.content.endswith(f"{_AFTER}\n") for token in tokens)


def split_block(parsed: ParsedPage, block: Block) -> list[Block]:
    """Take a block apart at its items, rows or lines; a block that must stay whole comes back alone."""
    if block.is_code:
        return [block]
    if block.kind in _SPLIT_AT:
        return _split_at_tokens(block, _SPLIT_AT[block.kind])
    if block.kind == "html_block":
        marked = any(mark in block.tokens[0].content for mark in _FENCE_MARKS)
        return loose_blocks(parsed, block) if marked else _line_blocks(parsed, block)
    if block.kind == "paragraph" and block.end_line > block.start_line:
        return _line_blocks(parsed, block)
    return [block]


def split_container(parsed: ParsedPage, block: Block) -> list[Block]:
    """Take an item, a quote or a footnote apart at its inner blocks; whole when a part would read as an open fence."""
    first = next((token for token in block.tokens if token.type not in _CONTAINERS), None)
    if first is None or block.tokens[0].type not in _CONTAINERS:
        return [block]
    cuts = [
        i for i, token in enumerate(block.tokens) if token.map and token.nesting >= 0 and token.level == first.level
    ]
    parts = [
        replace(part, kind=_kind_at(block, i), standing="inside")
        for i, part in zip(cuts, _cut_at(block, cuts), strict=True)
    ]
    same = len(parts) == 1 and parts[0].kind == block.kind
    if not parts or same or any(leaves_fence_open(parsed.verbatim(part.start_line, part.end_line)) for part in parts):
        return [block]
    return parts


def _kind_at(block: Block, position: int) -> str:
    return block.tokens[position].type.removesuffix("_open")


def _split_at_tokens(block: Block, opening: str) -> list[Block]:
    """Split at the outermost tokens of a type."""
    candidates = [i for i, token in enumerate(block.tokens) if token.type == opening and token.map]
    level = min((block.tokens[i].level for i in candidates), default=0)
    cuts = [i for i in candidates if block.tokens[i].level == level]
    kind = block.kind.partition("_")[0] + "_part"
    return [replace(part, kind=kind) for part in _cut_at(block, cuts)] or [block]


def _cut_at(block: Block, cuts: Sequence[int]) -> list[Block]:
    """Cut before each of the tokens but the first; each part reaches to the next part's first line."""
    if not cuts:
        return []
    starts = [block.start_line] + [_first_line(block.tokens[i]) for i in cuts[1:]]
    ends = [start - 1 for start in starts[1:]] + [block.end_line]
    spans = pairwise([0, *cuts[1:], len(block.tokens)])
    return [
        replace(block, start_line=start, end_line=max(start, end), tokens=block.tokens[i:j])
        for (i, j), start, end in zip(spans, starts, ends, strict=True)
    ]


def _first_line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _line_blocks(parsed: ParsedPage, block: Block) -> list[Block]:
    lines = range(block.start_line, block.end_line + 1)
    return [_text_block(parsed, "line", line, line, "inside") for line in lines if parsed.lines[line - 1].strip()]


def loose_blocks(parsed: ParsedPage, block: Block) -> list[Block]:
    """Take the lines of an unclosed fence, or of HTML, as text.

    Those that look like fences are left out, so that no excerpt leaves one open.
    """
    found: list[Block] = []
    start, characters = block.start_line, 0
    for line in range(block.start_line, block.end_line + 2):
        text = parsed.lines[line - 1] if line <= block.end_line else ""
        mark = line > block.end_line or bool(_FENCE_LINE.fullmatch(text))
        if mark or characters + len(text) > LONGEST_LOOSE_CHARACTERS:
            if parsed.verbatim(start, line - 1).strip():
                found.append(_text_block(parsed, block.kind, start, line - 1, "alone"))
            start, characters = (line + 1 if mark else line), 0
        characters += len(text)
    return found


def _text_block(parsed: ParsedPage, kind: str, start_line: int, end_line: int, standing: Standing) -> Block:
    text = Token("inline", "", 0, map=[start_line - 1, end_line], content=parsed.verbatim(start_line, end_line).strip())
    text.children = [Token("text", "", 0, content=text.content)]
    return Block(kind, start_line, end_line, (text,), standing)

"""Group a page's tokens into blocks: the smallest pieces that an excerpt may begin or end with.

A paragraph, a fence with its tags, a list, a table. Lists and tables can be taken apart further at items and rows, paragraphs at lines;
a closed code fence never is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from corpus.markdown import ParsedPage
from corpus.plain import block_text

_SPLIT_AT = {"bullet_list": "list_item_open", "ordered_list": "list_item_open", "table": "tr_open", "blockquote": "paragraph_open"}


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level piece of a page; lines are 1-based and inclusive."""

    kind: str
    start_line: int
    end_line: int
    tokens: tuple[Token, ...]

    @property
    def plain(self) -> str:
        """The block's words."""
        return block_text(self.tokens)


def page_blocks(parsed: ParsedPage) -> list[Block]:
    """Return the page's top-level blocks in order, front matter left out."""
    blocks = [block for block in _top_level(parsed.tokens) if block.kind not in ("front_matter", "footnote_anchor")]
    return [_without_open_fence(parsed, block) for block in blocks]


def _top_level(tokens: Sequence[Token]) -> Iterator[Block]:
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            lines = [entry.map for entry in group if entry.map]
            if lines:
                kind = group[0].type.removesuffix("_open")
                yield Block(kind, min(line[0] for line in lines) + 1, max(line[1] for line in lines), tuple(group))
            group = []


def _without_open_fence(parsed: ParsedPage, block: Block) -> Block:
    """Turn a fence that is never closed into lines of text: its opening line alone would unbalance any excerpt."""
    if block.kind != "fence" or is_closed_fence(parsed, block.tokens[0]):
        return block
    return replace(block, kind="open_fence", start_line=min(block.start_line + 1, block.end_line))


def is_closed_fence(parsed: ParsedPage, fence: Token) -> bool:
    """Tell whether a fence token has its closing line."""
    if not fence.map or fence.map[1] - fence.map[0] < 2:
        return False
    last = parsed.lines[fence.map[1] - 1].strip().lstrip("> \t")
    return len(last) >= len(fence.markup) and set(last) == {fence.markup[0]}


def split_block(parsed: ParsedPage, block: Block) -> list[Block]:
    """Take a block apart at its items, rows or lines; a block that must stay whole comes back alone."""
    if block.kind in _SPLIT_AT:
        return _split_at(block, _SPLIT_AT[block.kind])
    if block.kind in ("paragraph", "open_fence", "html_block") and block.end_line > block.start_line:
        return [_line_block(parsed, block, line) for line in range(block.start_line, block.end_line + 1)]
    return [block]


def _split_at(block: Block, opening: str) -> list[Block]:
    """Split at the outermost tokens of a type, each part reaching to the next part's first line."""
    candidates = [i for i, token in enumerate(block.tokens) if token.type == opening and token.map]
    if not candidates:
        return [block]
    level = min(block.tokens[i].level for i in candidates)
    cuts = [i for i in candidates if block.tokens[i].level == level]
    cuts[0] = 0
    starts = [block.start_line] + [_first_line(block.tokens[i]) for i in cuts[1:]]
    ends = [start - 1 for start in starts[1:]] + [block.end_line]
    spans = pairwise([*cuts, len(block.tokens)])
    return [
        Block(block.kind.partition("_")[0] + "_part", start, max(start, end), block.tokens[i:j])
        for (i, j), start, end in zip(spans, starts, ends, strict=True)
    ]


def _first_line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _line_block(parsed: ParsedPage, block: Block, line: int) -> Block:
    text = Token("inline", "", 0, map=[line - 1, line], content=parsed.lines[line - 1].strip())
    text.children = [Token("text", "", 0, content=text.content)]
    return Block("line", line, line, (text,))

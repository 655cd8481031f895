"""Find the lines that a publishing platform adds to every page for agents, so that they are not read as notes.

Exports and crawls carry them on each page: a blockquote at the top that points to llms.txt, and a footer that tells
agents how to query somebody else's host. They are recognised by their shape (a part under a heading of the first
level, after a rule or after the page's own text, around one `GET ….md?ask=` template), not by their wording, so all
generations and translations are found. A page that explains such an address in its own words, under its own title,
is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

LineRange = tuple[int, int]
"""Lines counted from 0, end exclusive."""
_LONGEST_POINTER = 1000
_LONGEST_FOOTER = 6000
_OWN_TEXT = frozenset({"table_open", "html_block", "image", "directive"})
"""What a page has and a footer never does."""


def agent_line_ranges(tokens: Sequence[Token]) -> list[LineRange]:
    """Return the line ranges of agent instructions among a page's block tokens, in order."""
    return sorted(_index_pointers(tokens) + _footers(tokens))


def holds(ranges: Sequence[LineRange], line: int) -> bool:
    """Tell whether one of the ranges, which come in order, holds a line (counted from 0)."""
    after = bisect_right(ranges, line, key=lambda place: place[0])
    return after > 0 and line < ranges[after - 1][1]


def _index_pointers(tokens: Sequence[Token]) -> list[LineRange]:
    """Find short quotes that link llms.txt, beside a heading of the first level or at the very top."""
    found: list[LineRange] = []
    outer = [i for i, token in enumerate(tokens) if token.level == 0 and token.type != "front_matter"]
    for place, i in enumerate(outer):
        token = tokens[i]
        if token.type != "blockquote_open" or not token.map:
            continue
        j = outer[place + 1]
        text = " ".join(_contents(tokens[i:j]))
        before = tokens[outer[place - 1]] if place else None
        after = tokens[outer[place + 2]] if place + 2 < len(outer) else None
        beside_title = before is None or any(other is not None and other.tag == "h1" for other in (before, after))
        if beside_title and "llms.txt)" in text and len(text) < _LONGEST_POINTER:
            found.append((token.map[0], token.map[1]))
    return found


def _footers(tokens: Sequence[Token]) -> list[LineRange]:
    found: list[LineRange] = []
    tops = [
        i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1" and token.level == 0
    ]
    for position, following in pairwise([*tops, len(tokens)]):
        part = tokens[position:following]
        rule = tokens[position - 1] if position and tokens[position - 1].type == "hr" else None
        if (rule is None and position == tops[0]) or not _is_query_template(part):
            continue
        start = (rule or tokens[position]).map or [0, 0]
        end = max(token.map[1] for token in part if token.map)
        found.append((start[0], end))
    return found


def _is_query_template(part: Sequence[Token]) -> bool:
    contents = _contents(part)
    code = sum(token.type in ("fence", "code_block") for token in part)
    templates = sum(_has_template(text) for text in contents)
    plain = not any(token.type in _OWN_TEXT for token in part)
    return templates == 1 and code <= 1 and plain and sum(map(len, contents)) < _LONGEST_FOOTER


def _has_template(text: str) -> bool:
    """Tell whether a line of a block is `GET ….md?ask=…`, be its fence one or written out with escaped backticks."""
    lines = (line.strip("\\` \t") for line in text.split("\n"))
    return any(line.startswith("GET ") and ".md?ask=" in line for line in lines)


def _contents(tokens: Sequence[Token]) -> list[str]:
    return [token.content for token in tokens if token.type in ("inline", "fence", "code_block")]

"""Shorten what is longer than an answer has room for: a passage to the run of clauses that holds most of what was
asked, or a further sentence to its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile

_PIECE = re.compile(r"(?:`[^`]*`|\S)+\s*")
"""A word with the blanks after it, or words and inline code that no blank parts; a lone backtick is a letter."""
_CLAUSE_END = re.compile(r"[,;:.!?)—–-]\s*$")
ELLIPSIS = "…"
_NEAR_THE_LIMIT = 0.8
"""Share of the room from which on the end of a clause is the better place for a cut than one more word."""


def shorten(text: str, limit: int, weigh: Callable[[str], float]) -> str:
    """Return at most `limit` characters of a text, cut between words and never inside inline code, with an ellipsis at
    each cut.

    `weigh` says how much of the question a stretch of text holds; among equals, the one that begins earliest and at a
    clause wins. Empty when there is no place for a cut, as in one long piece of code.
    """
    if len(text) <= limit:
        return text
    pieces = [match.group() for match in _PIECE.finditer(text)]
    starts = [0] + [i + 1 for i, piece in enumerate(pieces[:-1]) if _CLAUSE_END.search(piece)]
    runs = [_run(pieces, start, limit) for start in starts]
    return max((run for run in runs if run), key=weigh, default="")


def beginning_of(text: str, limit: int) -> str:
    """Return at most `limit` characters from the start of a text, cut as by `shorten`, and where a clause ends when one
    ends near the limit.
    """
    if len(text) <= limit:
        return text
    pieces = list(takewhile(lambda match: len(text[: match.end()].rstrip()) + 2 <= limit, _PIECE.finditer(text)))
    clauses = [each for each in pieces if each.end() >= _NEAR_THE_LIMIT * limit and _CLAUSE_END.search(each.group())]
    last = (clauses or pieces)[-1:]
    return f"{text[: last[0].end()].rstrip()} {ELLIPSIS}" if last else ""


def _run(pieces: list[str], start: int, limit: int) -> str:
    """Return pieces from a start for as long as there is room."""
    text = f"{ELLIPSIS} " if start else ""
    for position in range(start, len(pieces)):
        if len(text) + len(pieces[position].rstrip()) + 2 > limit:
            return text.rstrip() + f" {ELLIPSIS}" if position > start else ""
        text += pieces[position]
    return text.rstrip()

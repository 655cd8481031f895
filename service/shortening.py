"""Shorten a passage that is longer than an answer may be: keep the run of clauses that holds most of what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable

_PIECE = re.compile(r"(?:`[^`]*`|[^`\s])+(?:\s+|$)")
_CLAUSE_END = re.compile(r"[,;:.!?)—–-]\s*$")
ELLIPSIS = "…"


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


def _run(pieces: list[str], start: int, limit: int) -> str:
    """Return pieces from a start for as long as there is room."""
    text = f"{ELLIPSIS} " if start else ""
    for position in range(start, len(pieces)):
        if len(text) + len(pieces[position].rstrip()) + 2 > limit:
            return text.rstrip() + f" {ELLIPSIS}" if position > start else ""
        text += pieces[position]
    return text.rstrip()

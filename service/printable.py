"""Characters that are no text: they drive a terminal, or turn the direction in which a line is read."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset({"Cc", "Cs"})
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_END_AND_TAB = "\n\t"


def printable(text: str, instead: str = "") -> str:
    """Drop such characters, or put another in their place; line ends and tabs stay."""
    return "".join(each if is_text(each) else instead for each in text)


def is_text(character: str) -> bool:
    """Say whether a character shows, or ends a line, and does no more."""
    if character in LINE_END_AND_TAB:
        return True
    return unicodedata.category(character) not in _HIDDEN and character not in _DIRECTIONS

"""Split running text into sentences by rules that hold for technical prose: abbreviations, versions, inline code and
initials do not end one. What goes on for longer than anybody writes is cut between words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_CHARACTERS = 2_000
"""More than a model reads; a megabyte without a full stop would be weighed as a whole for each question."""
_END = re.compile(r"(?:[.!?…]+[\"'”’)\]*_]*(?=\s|$)|[。！？]+[」』”]*)")
_ABBREVIATIONS = frozenset(
    {"e.g", "i.e", "vs", "cf", "al", "approx", "resp", "fig", "figs", "no", "nos", "eq", "sec", "ch", "art"}
    | {"dr", "mr", "mrs", "ms", "prof", "ph.d", "st", "jr", "sr", "inc", "ltd", "co", "corp", "dept", "est", "ca"}
    | {"ver", "vol", "pp", "ed", "eds", "u.s", "u.k", "a.m", "p.m"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)
_CODE = re.compile(r"`[^`\n]*`")
_LAST_WORD = re.compile(r"[\w.]+$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and how many line ends stand before its start and its end in the text."""

    text: str
    first_line: int
    last_line: int


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text whose lines are soft-wrapped; nothing but white space is lost."""
    sentences: list[Sentence] = []
    start = line = 0
    for end in _cut(text, [*_boundaries(text), len(text)]):
        raw = text[start:end]
        stripped = raw.strip()
        first = line + raw.count("\n", 0, len(raw) - len(raw.lstrip()))
        if stripped:
            sentences.append(Sentence(" ".join(stripped.split()), first, first + stripped.count("\n")))
        line += raw.count("\n")
        start = end
    return sentences


def _cut(text: str, boundaries: list[int]) -> Iterator[int]:
    """Yield the boundaries, and before one that is too far off the places between words that the text is cut at."""
    start = 0
    for end in boundaries:
        while end - start > LONGEST_CHARACTERS:
            limit = start + LONGEST_CHARACTERS
            blank = max(text.rfind(mark, start + 1, limit) for mark in " \n")
            start = blank if blank > 0 else limit
            yield start
        yield end
        start = end


def _boundaries(text: str) -> list[int]:
    code = [match.span() for match in _CODE.finditer(text)]
    return [
        match.end() for match in _END.finditer(text) if not _inside(code, match.start()) and _ends_sentence(text, match)
    ]


def _inside(spans: list[tuple[int, int]], position: int) -> bool:
    after = bisect_right(spans, position, key=lambda span: span[0])
    return after > 0 and position < spans[after - 1][1]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    rest = text[match.end() : match.end() + 40].lstrip()
    if not rest:
        return True
    if match.group()[0] in "。！？":
        return True
    if rest[0].islower() and not rest[0].isdigit() and "`" not in rest[:1]:
        return match.group()[0] in "!?" and "\n" in text[match.end() : match.end() + 2]
    if match.group()[0] != ".":
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 30), match.start())
    if word is None:
        return True
    bare = word.group().lower()
    # A single capital is an initial ("J. Smith"), unless it is the word "I" or a letter at the end of a list of them.
    initial = len(bare) == 1 and word.group().isupper() and bare != "i"
    return not (initial or bare in _ABBREVIATIONS)

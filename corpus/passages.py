"""Take chunks apart into passages: what can be an answer, each with the chunk that it belongs to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from corpus.blocks import page_blocks
from corpus.document import Chunk, Passage
from corpus.markdown import ParsedPage
from corpus.passage_blocks import Found, Lead, block_passages, lead_in

SHORTEST_CHARACTERS = 3
_BEGINNING_CHARACTERS = 30
_NEAR_CHUNKS = 3
_POINTS_BACK = re.compile(
    r"(?:it|they|this|that|these|those|he|she|its|their|such|here|but|and|so|however|otherwise|then)\b", re.IGNORECASE
)


def page_passages(parsed: ParsedPage, chunks: Sequence[Chunk]) -> tuple[Passage, ...]:
    """Return the passages of a page's chunks, those of each chunk together, in order of the page."""
    passages: list[Passage] = []
    places = _Places(chunks)
    lead = Lead()
    for block in page_blocks(parsed):
        found = list(block_passages(block, lead))
        lead = lead_in(block, found, lead)
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

    def of(self, entry: Found) -> int | None:
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

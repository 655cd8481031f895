"""The index that is served, and its exchange for a newer one while requests are under way.

Each request holds the generation it began with; a generation that was replaced is closed by the last one to let go.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from corpus.document import Example
from index.store import Index
from service.answering import Answerer
from service.page_paths import PagePaths


@dataclass(frozen=True, slots=True)
class Generation:
    """One index, and what answers from it."""

    index: Index
    answerer: Answerer
    paths: PagePaths
    examples_by_page: Mapping[str, Sequence[Example]]

    def close(self) -> None:
        """Stop its threads and close its files."""
        self.answerer.close()
        self.index.close()


@dataclass(slots=True)
class _Held:
    generation: Generation
    holders: int = 0
    replaced: bool = False

    def close_if_unused(self) -> None:
        if self.replaced and not self.holders:
            self.generation.close()


class Generations:
    """Hands out the newest generation; belongs to one event loop."""

    def __init__(self, first: Generation) -> None:
        self._held = _Held(first)
        self._replaced: list[_Held] = []

    @property
    def newest(self) -> Generation:
        """The generation that the next request gets; to look at only, since it may be closed at any later moment."""
        return self._held.generation

    @asynccontextmanager
    async def hold(self, held_already: Generation | None = None) -> AsyncIterator[Generation]:
        """Hold the newest generation while the block runs, or one more time the one that is held already."""
        known = (self._held, *self._replaced)
        held = next((each for each in known if each.generation is held_already), self._held)
        held.holders += 1
        try:
            yield held.generation
        finally:
            held.holders -= 1
            held.close_if_unused()
            self._replaced = [each for each in self._replaced if each.holders]

    def replace(self, newer: Generation) -> None:
        """Hand out another generation from now on."""
        older, self._held = self._held, _Held(newer)
        older.replaced = True
        self._replaced.append(older)
        older.close_if_unused()

    def close(self) -> None:
        """Close the newest generation."""
        self._held.replaced = True
        self._held.close_if_unused()

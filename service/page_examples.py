"""The notes' examples by page, read from the index when they are asked for: large notes cost no memory and no start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.document import Example
from index.store import Index


class PageExamples(Mapping[str, Sequence[Example]]):
    """Maps the path of every page of an index to its examples; it can be read from any thread."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __getitem__(self, path: str) -> Sequence[Example]:
        if self._index.page_row(path) is None:
            raise KeyError(path)
        return self._index.page_examples(path)

    def __iter__(self) -> Iterator[str]:
        return (page.path for page in self._index.pages())

    def __len__(self) -> int:
        return len(self._index.pages())


def by_page(examples: Iterable[Example]) -> dict[str, list[Example]]:
    """Group examples by page, in the order given."""
    grouped: dict[str, list[Example]] = {}
    for example in examples:
        grouped.setdefault(example.path, []).append(example)
    return grouped

"""The arrays of a generation, which put the pages of its texts in reading order: what search computes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.links import count_links
from index.draft_database import DraftDatabase
from index.keys import Keys
from index.vector_store import Places


@dataclass(frozen=True, slots=True)
class Layout:
    """Which chunks and passages a generation has, in reading order."""

    bodies: tuple[int, ...]
    chunk_keys: tuple[Keys, ...]
    """One array a page."""
    passage_keys: tuple[Keys, ...]
    passage_counts: NDArray[np.int32]
    """Shape (chunks,): the passages of each chunk."""

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return len(self.passage_counts)

    @property
    def passages(self) -> int:
        """Number of passages."""
        return int(self.passage_counts.sum())


def read_layout(database: DraftDatabase) -> Layout:
    """Read the layout off a database whose reading order is set."""
    pages = list(database.keys())
    counts = np.concatenate([np.zeros(0, dtype=np.int32), *(counts for *_, counts in pages)])
    bodies = tuple(body for body, *_ in pages)
    return Layout(bodies, tuple(page[1] for page in pages), tuple(page[2] for page in pages), counts)


def write_arrays(
    folder: Path, layout: Layout, chunk_places: Places, passage_places: Places, links: Sequence[tuple[str, list[str]]]
) -> None:
    """Write all arrays into a generation's folder."""
    sizes = np.asarray([len(keys) for keys in layout.chunk_keys], dtype=np.int32)
    link_counts = count_links([path for path, _ in links], [keys for _, keys in links])
    arrays: dict[str, NDArray[np.integer]] = {
        "page_bodies": np.asarray(layout.bodies, dtype=np.int64),
        "chunk_starts": _starts(sizes),
        "chunk_pages": np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        "passage_starts": _starts(layout.passage_counts),
        "chunk_places": chunk_places.astype(np.int32),
        "passage_places": passage_places.astype(np.int32),
        "page_links": np.asarray(link_counts, dtype=np.int32),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def _starts(counts: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where each begins, with the end of the last."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

"""An index on disk, opened for reading: vectors mapped, texts in a database, terms in BM25 indexes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Example, Page, Passage
from index.database import Database
from index.errors import IndexNotBuilt
from index.lexical import LexicalIndex
from index.manifest import Manifest, current_generation, read_manifest

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Arrays:
    """What search computes on; all mapped from the generation's folder.

    `chunk_vectors` (chunks, dimension) and `passage_vectors` (passages, dimension) are float32 of length 1; the
    passages of chunk i are `passage_starts[i]` up to `passage_starts[i + 1]`, exclusive; `chunk_pages` (chunks,) gives
    each chunk's page row, `page_links` (pages,) how many other pages link to each.
    """

    chunk_vectors: NDArray[np.float32]
    passage_vectors: NDArray[np.float32]
    passage_starts: Rows
    chunk_pages: Rows
    page_links: Rows


class Index:
    """One generation. Cheap to open, safe to read from several threads and processes."""

    def __init__(self, generation: Path, manifest: Manifest) -> None:
        self.generation = generation
        self.manifest = manifest
        self.arrays = Arrays(
            np.load(generation / "chunk_vectors.npy", mmap_mode="r"),
            np.load(generation / "passage_vectors.npy", mmap_mode="r"),
            np.load(generation / "passage_starts.npy", mmap_mode="r"),
            np.load(generation / "chunk_pages.npy", mmap_mode="r"),
            np.load(generation / "page_links.npy", mmap_mode="r"),
        )
        self.chunk_terms = LexicalIndex.open(generation / "chunk_terms")
        self.page_terms = LexicalIndex.open(generation / "page_terms")
        self._database = Database(generation / "notes.sqlite")
        self._pages = tuple(self._database.pages())
        self._page_rows = {page.path: row for row, page in enumerate(self._pages)}
        self._chunk_counts = np.bincount(self.arrays.chunk_pages, minlength=len(self._pages))

    def pages(self) -> tuple[Page, ...]:
        """Return every page in reading order, without its text."""
        return self._pages

    def page(self, path: str) -> Page | None:
        """Return a page with its text, or None."""
        return self._database.page(path) if path in self._page_rows else None

    def page_row(self, path: str) -> int | None:
        """Return a page's row number, or None."""
        return self._page_rows.get(path)

    def chunk_count(self, page_row: int) -> int:
        """Return how many chunks a page has."""
        return int(self._chunk_counts[page_row])

    def chunks(self, rows: list[int]) -> list[Chunk]:
        """Return chunks by row, in the order asked for."""
        return self._database.chunks(rows)

    def passages(self, chunk_rows: list[int]) -> list[tuple[int, Passage]]:
        """Return (row, passage) for all passages of the given chunks."""
        return self._database.passages(chunk_rows)

    def examples(self) -> tuple[Example, ...]:
        """Return every example in reading order."""
        return tuple(self._database.examples())

    def example(self, identifier: str) -> Example | None:
        """Return an example by its id, or None."""
        return self._database.example(identifier)

    def page_examples(self, path: str) -> tuple[Example, ...]:
        """Return a page's examples in order."""
        return tuple(self._database.examples(path))

    def close(self) -> None:
        """Close the database; mapped arrays go with the object."""
        self._database.close()


def open_index(data_folder: Path, *, model: str | None = None) -> Index:
    """Open the current generation.

    Raises IndexNotBuilt when there is none or a part of it is missing, and IndexMismatch when it does not fit this code
    or the model.
    """
    generation = current_generation(data_folder)
    manifest = read_manifest(generation)
    manifest.check(model=model)
    try:
        return Index(generation, manifest)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise IndexNotBuilt(data_folder) from error

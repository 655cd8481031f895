"""An index on disk, opened for reading: vectors mapped, texts in a database, terms in BM25 indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Example, Page, Passage
from index.database import Database
from index.draft import TEXTS
from index.errors import IndexNotBuilt
from index.lexical import LexicalIndex
from index.manifest import Manifest, current_generation, read_manifest
from index.numbering import Numbering
from index.recent import Recent
from index.vector_log import map_vectors
from index.vector_rows import VectorRows
from index.vector_store import CHUNKS, PASSAGES

Rows = NDArray[np.int32]
CHUNKS_KEPT = 3_072
"""Chunks, with their passages, that stay in memory once they were read: about 6 kB each."""
PAGES_KEPT = 64
"""Pages whose examples stay in memory."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """What search computes on; all mapped.

    `chunk_vectors` (chunks, dimension) and `passage_vectors` (passages, dimension) are float32 of length 1; the
    passages of chunk i are `passage_starts[i]` up to `passage_starts[i + 1]`, exclusive; `chunk_pages` (chunks,) gives
    each chunk's page row, the chunks of page i are `chunk_starts[i]` up to `chunk_starts[i + 1]`; `page_links` (pages,)
    says how many other pages link to each, `page_bodies` (pages,) where each stands in the texts' file.
    """

    chunk_vectors: VectorRows
    passage_vectors: VectorRows
    passage_starts: Rows
    chunk_starts: Rows
    chunk_pages: Rows
    page_links: Rows
    page_bodies: NDArray[np.int64]


class Index:
    """One generation. Cheap to open, safe to read from several threads and processes."""

    def __init__(self, generation: Path, manifest: Manifest) -> None:
        self.generation = generation
        self.manifest = manifest
        self.arrays = _map_arrays(generation, manifest)
        self._numbering = Numbering(self.arrays.page_bodies, self.arrays.chunk_starts, self.arrays.passage_starts)
        self.chunk_terms = LexicalIndex.open(generation / "chunk_terms", self._numbering.chunk_rows)
        self.page_terms = LexicalIndex.open(generation / "page_terms", self._numbering.page_rows)
        self._database = Database(generation / TEXTS)
        self._pages = tuple(self._database.pages())
        self._page_rows = {page.path: row for row, page in enumerate(self._pages)}
        self._chunks = Recent(self._read_chunks, CHUNKS_KEPT)
        self._passages = Recent(self._read_passages, CHUNKS_KEPT)
        self._page_examples = lru_cache(PAGES_KEPT)(lambda path: tuple(self._database.examples(path)))

    def pages(self) -> tuple[Page, ...]:
        """Return every page in reading order, without its text."""
        return self._pages

    def page(self, path: str) -> Page | None:
        """Return a page with its text, or None."""
        return self._database.page(path) if path in self._page_rows else None

    def page_lengths(self) -> Sequence[int]:
        """Return the characters of every page's text, in reading order, without reading the texts into memory."""
        return self._database.page_lengths()

    def page_row(self, path: str) -> int | None:
        """Return a page's row number, or None."""
        return self._page_rows.get(path)

    def chunk_rows(self, page_rows: Sequence[int]) -> NDArray[np.int64]:
        """Return the rows of all chunks of these pages."""
        starts = self.arrays.chunk_starts
        rows = [np.arange(starts[page], starts[page + 1], dtype=np.int64) for page in page_rows]
        return np.concatenate([np.zeros(0, dtype=np.int64), *rows])

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """Return chunks by row, in the order asked for."""
        return self._chunks.get(rows)

    def passages(self, chunk_rows: Sequence[int]) -> list[tuple[int, Passage]]:
        """Return (row, passage) for all passages of the given chunks, in reading order; `chunk` is the chunk's row."""
        return [passage for passages in self._passages.get(sorted(set(chunk_rows))) for passage in passages]

    def examples(self) -> tuple[Example, ...]:
        """Return every example in reading order."""
        return tuple(self._database.examples())

    def example_rows(self) -> list[tuple[str, str, bytes]]:
        """Return (path, id, digest) of every example in reading order, without reading them into memory.

        The digest changes with anything that was read off the notes about the example.
        """
        return self._database.example_rows()

    def example(self, identifier: str) -> Example | None:
        """Return an example by its id, or None."""
        return self._database.example(identifier)

    def page_examples(self, path: str) -> tuple[Example, ...]:
        """Return a page's examples in order."""
        return self._page_examples(path)

    def close(self) -> None:
        """Close the database and stop threads; mapped arrays go with the object."""
        self._database.close()
        self.arrays.chunk_vectors.close()

    def _read_chunks(self, rows: Sequence[int]) -> list[Chunk]:
        return self._database.chunks(self._chunk_places(rows))

    def _read_passages(self, chunk_rows: Sequence[int]) -> list[tuple[tuple[int, Passage], ...]]:
        """Return the passages of each chunk."""
        found = self._database.passages(self._chunk_places(chunk_rows))
        rows = self._numbering.passage_rows(np.asarray([place for place, _ in found], dtype=np.int64))
        chunks = self._numbering.chunk_rows(np.asarray([passage.chunk for _, passage in found], dtype=np.int64))
        by_chunk: dict[int, list[tuple[int, Passage]]] = {row: [] for row in chunk_rows}
        for row, chunk, (_, passage) in zip(rows.tolist(), chunks.tolist(), found, strict=True):
            by_chunk[chunk].append((row, replace(passage, chunk=chunk)))
        return [tuple(sorted(by_chunk[row], key=itemgetter(0))) for row in chunk_rows]

    def _chunk_places(self, rows: Sequence[int]) -> list[int]:
        return [int(place) for place in self._numbering.chunk_places(np.asarray(rows, dtype=np.int64))]


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


def _map_arrays(generation: Path, manifest: Manifest) -> Arrays:
    def mapped(name: str) -> NDArray[Any]:
        # As a plain array: numpy's class for mapped ones takes several times as long for each small access.
        return np.asarray(np.load(generation / f"{name}.npy", mmap_mode="r"))

    store = generation.parent.parent / "vectors" / manifest.vectors
    return Arrays(
        VectorRows(
            map_vectors(store, CHUNKS, manifest.stored_chunks, manifest.dimension),
            mapped("chunk_places"),
            mapped("chunk_bits") if manifest.search == "shortlist" else None,
        ),
        VectorRows(
            map_vectors(store, PASSAGES, manifest.stored_passages, manifest.dimension), mapped("passage_places")
        ),
        mapped("passage_starts"),
        mapped("chunk_starts"),
        mapped("chunk_pages"),
        mapped("page_links"),
        mapped("page_bodies"),
    )

"""The steps from scanned notes to a new generation: read, embed, index terms, lay out, put in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from corpus.chunks import CHUNKER_VERSION
from corpus.sources import Notes
from index.analysis import ANALYSIS_VERSION
from index.draft import Draft, discard_draft, open_draft
from index.embedder import Embedder
from index.generations import Built, put_in_place, remove_old, used_vectors
from index.layout import Layout, read_layout, write_arrays
from index.manifest import FORMAT_VERSION, Manifest, SearchMode
from index.page_reading import read_pages
from index.reader import reader_version
from index.shortlist_writing import write_shortlist
from index.term_writing import write_terms
from index.vector_making import RowVectors, make_vectors
from index.vector_store import remove_other_stores

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Written:
    """A generation that was written, and what it took."""

    folder: Path
    manifest: Manifest
    read: int
    """Pages that were read."""
    encoded: int
    """Vectors that were made."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be built."""

    notes: Notes
    version: str
    data_folder: Path
    embedder: Embedder
    current: Built | None
    """The generation before, when it is whole and fits this code."""


def write_generation(order: Order, report: Progress) -> Written:
    """Write a generation and make it the current one. Raises OSError or sqlite3.Error."""
    try:
        return _write(order, _readable(order.current), report)
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # a full disk, say, is an OperationalError
            raise
    # The texts that it went on from are damaged: begin with nothing.
    discard_draft(order.data_folder)
    return _write(order, None, report)


def _write(order: Order, basis: Path | None, report: Progress) -> Written:
    draft = open_draft(order.data_folder, basis, reader_version())
    try:
        filled = _fill(draft, order, report)
    finally:
        draft.database.close()
    place = put_in_place(order.data_folder, draft.folder, order.version)
    remove_old(place)
    remove_other_stores(order.data_folder, used_vectors(order.data_folder))
    return replace(filled, folder=place)


def _readable(current: Built | None) -> Path | None:
    """Return the generation whose texts can be gone on with: what this very code has read."""
    return current.folder if current and current.manifest.reader == reader_version() else None


def _fill(draft: Draft, order: Order, report: Progress) -> Written:
    read = read_pages(draft.database, order.notes, partial(report, "reading"))
    layout = read_layout(draft.database)
    preferred = order.current.manifest.vectors if order.current else ""
    vectors = make_vectors(draft.database, layout, order.data_folder, order.embedder, preferred, report)
    links = list(draft.database.links())
    write_arrays(draft.folder, layout, vectors.chunk_places, vectors.passage_places, links)
    mode = write_shortlist(draft.folder, vectors.store, order.current)
    replaced = write_terms(draft, layout, order.current, partial(report, "indexing terms"))
    manifest = _manifest(draft, order, layout, vectors, mode, replaced)
    manifest.write(draft.folder)
    draft.database.finish()
    return Written(draft.folder, manifest, read, vectors.made)


def _manifest(
    draft: Draft, order: Order, layout: Layout, vectors: RowVectors, mode: SearchMode, replaced: int
) -> Manifest:
    return Manifest(
        version=order.version,
        model=order.embedder.model,
        dimension=order.embedder.dimension,
        format_version=FORMAT_VERSION,
        chunker_version=CHUNKER_VERSION,
        analysis_version=ANALYSIS_VERSION,
        corpus_fingerprint=order.notes.fingerprint,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        pages=len(layout.bodies),
        chunks=layout.chunks,
        passages=layout.passages,
        examples=draft.database.example_count(),
        reader=reader_version(),
        vectors=vectors.store.name,
        stored_chunks=vectors.store.chunks.count,
        stored_passages=vectors.store.passages.count,
        search=mode,
        replaced_terms=replaced,
    )

"""Find or make the vector of every row of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from index.draft_database import DraftDatabase
from index.embedder import Embedder
from index.embedding import embed_missing, places_of
from index.generations import used_vectors
from index.layout import Layout
from index.vector_store import Card, Places, VectorStore, open_vector_store

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RowVectors:
    """Where the vectors of all rows are."""

    store: VectorStore
    chunk_places: Places
    passage_places: Places
    made: int
    """How many were not there before."""


def make_vectors(
    database: DraftDatabase, layout: Layout, data_folder: Path, embedder: Embedder, preferred: str, report: Progress
) -> RowVectors:
    """Make what is missing in the store that is preferred, or in one that fits the model."""
    card = Card(embedder.model, embedder.dimension)
    store = open_vector_store(data_folder, card, used_vectors(data_folder), preferred)
    made = 0
    for log, keys in ((store.chunks, layout.chunk_keys), (store.passages, layout.passage_keys)):
        pages = list(zip(layout.bodies, keys, strict=True))
        inputs = partial(database.inputs, log.kind)
        made += embed_missing(log, pages, inputs, embedder, partial(report, f"embedding {log.kind}"))
    found = _found(store, layout, made)
    if store.wants_compaction(found.chunk_places, found.passage_places):
        return _found(store.compacted(found.chunk_places, found.passage_places), layout, made)
    return found


def _found(store: VectorStore, layout: Layout, made: int) -> RowVectors:
    return RowVectors(
        store, places_of(store.chunks, layout.chunk_keys), places_of(store.passages, layout.passage_keys), made
    )

"""Find or make the vector of every row of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from index.draft_database import DraftDatabase
from index.embedder import Embedder
from index.embedding import embed_missing
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
    found: list[Places] = []
    made = 0
    for log, keys in ((store.chunks, layout.chunk_keys), (store.passages, layout.passage_keys)):
        pages = list(zip(layout.bodies, keys, strict=True))
        inputs = partial(database.inputs, log.kind)
        places, new = embed_missing(log, pages, inputs, embedder, partial(report, f"embedding {log.kind}"))
        found.append(places)
        made += new
    vectors = RowVectors(store, found[0], found[1], made)
    return _compacted(vectors) if store.wants_compaction(found[0], found[1]) else vectors


def _compacted(vectors: RowVectors) -> RowVectors:
    """Leave behind what no row uses."""
    chunks, passages = vectors.chunk_places, vectors.passage_places
    store = vectors.store.compacted(chunks, passages)
    return RowVectors(store, _renumbered(chunks), _renumbered(passages), vectors.made)


def _renumbered(places: Places) -> Places:
    """Return the places after compaction: those in use, numbered as rows first use them."""
    _, first, number = np.unique(places, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]

"""Measure the shortlist against exact search on an index's own content: what it loses, and what it saves.

The questions are the notes' own headings and sentences. The page that one is taken from is left out of both results, so
that nothing finds itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embedder import Embedder, Vectors
from index.shortlist import sign_bits
from index.store import Index
from index.vector_rows import Rows, VectorRows

NEAREST = 10
_SAME = 1e-6
"""Cosines that differ by less are equally good: texts that repeat are found in any order."""
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Recall:
    """What was measured. Times are of one vector search, in milliseconds."""

    search: str
    """What the index does: `exact` or `shortlist`."""
    vectors: int
    questions: int
    recall_at_10: float
    """Share of the ten nearest that the shortlist finds; 1 when there was nothing to ask."""
    exact_p50_ms: float
    shortlist_p50_ms: float


@dataclass(frozen=True, slots=True)
class _Asked:
    vector: Vectors
    page_row: int


def check_recall(index: Index, embedder: Embedder, questions: int, seed: int = 0) -> Recall:
    """Ask at most so many questions both ways. An index that searches exactly is measured as if it had a shortlist."""
    chunks = index.arrays.chunk_vectors
    if not chunks.has_shortlist:
        chunks = VectorRows(chunks.stored, chunks.places, sign_bits(chunks.stored))
    found, exact_ms, shortlist_ms = [], [], []
    for asked in _questions(index, embedder, questions, np.random.default_rng(seed)):
        count = NEAREST + len(index.chunk_rows([asked.page_row]))
        exact, exact_time = _timed(chunks, asked.vector, count, exact=True)
        rows, shortlist_time = _timed(chunks, asked.vector, count, exact=False)
        found.append(_share_found(index, asked, rows, exact))
        exact_ms.append(exact_time)
        shortlist_ms.append(shortlist_time)
    if chunks is not index.arrays.chunk_vectors:
        chunks.close()
    return Recall(
        index.manifest.search,
        len(chunks),
        len(found),
        float(np.mean(found)) if found else 1.0,
        float(np.median(exact_ms)) if found else 0.0,
        float(np.median(shortlist_ms)) if found else 0.0,
    )


def _questions(index: Index, embedder: Embedder, count: int, random: np.random.Generator) -> list[_Asked]:
    """Return half sentences, by the vectors that the index has of them, and half headings."""
    arrays = index.arrays
    sentences = _sample(len(arrays.passage_vectors), count // 2, random)
    chunk_rows = np.searchsorted(arrays.passage_starts, sentences, side="right") - 1
    asked = [
        _Asked(arrays.passage_vectors[int(row)], int(page))
        for row, page in zip(sentences, arrays.chunk_pages[chunk_rows], strict=True)
    ]
    rows = _sample(len(arrays.chunk_pages), count - count // 2, random)
    headings = [chunk.headings[-1] if chunk.headings else chunk.plain for chunk in index.chunks(rows.tolist())]
    pages = arrays.chunk_pages[rows].tolist()
    return asked + [_Asked(vector, page) for vector, page in zip(_encoded(embedder, headings), pages, strict=True)]


def _sample(size: int, count: int, random: np.random.Generator) -> Rows:
    return np.sort(random.choice(size, min(size, count), replace=False)) if size else np.zeros(0, dtype=np.int64)


def _encoded(embedder: Embedder, texts: Sequence[str]) -> list[Vectors]:
    return [
        vector
        for start in range(0, len(texts), _BATCH)
        for vector in embedder.encode_questions(texts[start : start + _BATCH])
    ]


def _timed(chunks: VectorRows, vector: Vectors, count: int, *, exact: bool) -> tuple[Rows, float]:
    started = time.perf_counter()
    rows = chunks.nearest(vector, count, exact=exact)
    return rows, (time.perf_counter() - started) * 1000


def _share_found(index: Index, asked: _Asked, rows: Rows, exact: Rows) -> float:
    """Return the share of the ten exactly nearest, of other pages, that are among the ten that the shortlist gives."""
    chunks = index.arrays.chunk_vectors

    def best(candidates: Rows) -> Vectors:
        others = candidates[index.arrays.chunk_pages[candidates] != asked.page_row]
        return np.sort(chunks.cosines(others, asked.vector))[::-1][:NEAREST]

    nearest, found = best(exact), best(rows)
    return float((found >= nearest[-1] - _SAME).sum() / len(nearest)) if len(nearest) else 1.0

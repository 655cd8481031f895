"""Vector search as notes grow: 10,000, 100,000 and a million vectors, by the very function that serves, and exactly.

The vectors are those of the notes (chunks and passages); past what there is, copies that are moved a little: by a
random vector half as long, which leaves a cosine of about 0.9. They stand in a mapped file, as those of an index do.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors, open_embedder
from index.search import CANDIDATES
from index.shortlist import SHORTLIST_FROM, sign_bits
from index.store import Index
from index.vector_rows import VectorRows
from service.benchmark.bench import Bench
from service.benchmark.figures import Figure

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
_NEAREST = 10
_SEED = 7
_MOVED = 0.5
_BLOCK = 20_000


def measure(bench: Bench) -> list[Figure]:
    """Search among vectors of each size; with `quick`, of the smallest."""
    embedder = open_embedder(bench.settings.model, bench.settings.models)
    questions = embedder.encode_questions(bench.questions.take(bench.size(30, 8)))
    sizes = dict(list(SIZES.items())[: bench.size(len(SIZES), 1)])
    figures = []
    for done, (name, size) in enumerate(sizes.items()):
        bench.report("vector search", done, len(sizes))
        with tempfile.TemporaryDirectory(prefix="askmd-bench-") as folder:
            vectors = grown(real_vectors(bench.index, size), size, Path(folder) / "vectors")
            figures += _search(name, vectors, questions)
            del vectors  # its file goes with the folder
    bench.report("vector search", len(sizes), len(sizes))
    return figures


def real_vectors(index: Index, most: int) -> Vectors:
    """Return vectors of the notes' chunks and passages, at most so many."""
    chunks, passages = index.arrays.chunk_vectors, index.arrays.passage_vectors
    return np.concatenate([chunks[:most], passages[: max(0, most - len(chunks))]])


def grown(real: Vectors, size: int, file: Path) -> NDArray[np.float32]:
    """Write so many vectors into a file and return them mapped: the real ones, then copies that are moved a little."""
    drawn = np.random.default_rng(_SEED)
    dimension = real.shape[1]
    vectors = np.memmap(file, dtype=np.float32, mode="w+", shape=(size, dimension))
    vectors[: len(real)] = real[:size]
    for start in range(len(real), size, _BLOCK):
        rows = np.arange(start, min(size, start + _BLOCK)) % len(real)
        moves = drawn.standard_normal((len(rows), dimension), dtype=np.float32) * np.float32(_MOVED / dimension**0.5)
        moved = real[rows] + moves
        vectors[start : start + len(rows)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(vectors)


def _search(name: str, vectors: Vectors, questions: Vectors) -> list[Figure]:
    places = np.arange(len(vectors), dtype=np.int32)
    rows = VectorRows(vectors, places, sign_bits(vectors) if len(vectors) >= SHORTLIST_FROM else None)
    served, exact, shares = [], [], []
    try:
        rows.nearest(questions[0], CANDIDATES)
        for question in questions:
            found, served_ms = _timed(rows, question, exact=False)
            true, exact_ms = _timed(rows, question, exact=True)
            best = true[np.argsort(-rows.cosines(true, question))[:_NEAREST]]
            served.append(served_ms)
            exact.append(exact_ms)
            shares.append(float(np.isin(best, found).mean()))
    finally:
        rows.close()
    what = f"{len(vectors):,} vectors"
    return [
        Figure(f"{name}_p50_ms", statistics.median(served), f"{what}, p50", "ms"),
        Figure(f"{name}_exact_p50_ms", statistics.median(exact), f"{what}, exactly, p50", "ms"),
        Figure(f"{name}_recall_at_10", statistics.mean(shares), f"{what}, recall@10 of exact", ""),
    ]


def _timed(rows: VectorRows, question: Vectors, *, exact: bool) -> tuple[NDArray[np.int64], float]:
    begun = time.perf_counter()
    found = rows.nearest(question, CANDIDATES, exact=exact)
    return found, (time.perf_counter() - begun) * 1000

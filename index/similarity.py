"""How alike the notes are among themselves, which a question's similarity is judged against."""

from __future__ import annotations

import numpy as np

from index.embedder import Vectors
from index.vector_store import Places

_FEW_CHUNKS = 10
_USUAL_SIMILARITY = 0.25
_BLOCK = 8192


def mean_similarity(stored: Vectors, places: Places) -> float:
    """Return the mean cosine over all pairs of different rows; few rows are drawn to what is usual for notes."""
    count = len(places)
    if count < 2:
        return _USUAL_SIMILARITY
    uses = np.bincount(places, minlength=len(stored)).astype(np.float32)
    total = np.zeros(stored.shape[1], dtype=np.float64)
    for start in range(0, len(stored), _BLOCK):
        total += uses[start : start + _BLOCK] @ stored[start : start + _BLOCK]
    mean = (float(np.square(total).sum()) - count) / (count * (count - 1))
    return (count * mean + _FEW_CHUNKS * _USUAL_SIMILARITY) / (count + _FEW_CHUNKS)

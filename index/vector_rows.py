"""Vectors by row, in reading order, over a log that holds them by place, in the order in which they were made.

Rows with the same text share a place; places that no row uses belong to other generations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors

Rows = NDArray[np.integer]
Scores = NDArray[np.float32]


class VectorRows:
    """`stored` has shape (places, dimension), `places` shape (rows,); both are mapped."""

    def __init__(self, stored: Vectors, places: NDArray[np.int32]) -> None:
        self.stored, self.places = stored, places
        # A first build writes rows in order: then a place is a row, and results need not be put in order.
        self._in_order = len(stored) == len(places) and bool((places == np.arange(len(places))).all())

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: Rows | Sequence[int] | slice | int) -> Vectors:
        """Return the vectors of these rows, shape (n, dimension), or of one row, shape (dimension,)."""
        return np.asarray(self.stored[self.places[rows]])

    def similarities(self, vector: Vectors) -> Scores:
        """Return every row's cosine with a vector, exactly: shape (rows,)."""
        similarities = np.asarray(self.stored @ vector, dtype=np.float32)
        return similarities if self._in_order else similarities[self.places]

    def nearest(self, vector: Vectors, count: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Return at most `count` rows with the greatest cosines, in no order; of these rows if named."""
        similarities = self.similarities(vector) if rows is None else self[rows] @ vector
        count = min(count, len(similarities))
        best = np.argpartition(-similarities, count - 1)[:count] if count else np.zeros(0, dtype=np.int64)
        return best if rows is None else rows[best]

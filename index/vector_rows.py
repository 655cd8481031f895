"""Vectors by row, in reading order, over a log that holds them by place, in the order in which they were made.

Rows with the same text share a place; places that no row uses belong to other generations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors
from index.shortlist import SHORTLIST_FROM, Bits, Shortlist, cosines

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class VectorRows:
    """`stored` has shape (places, dimension), `places` shape (rows,), `bits` are those of `stored`; all are mapped."""

    def __init__(self, stored: Vectors, places: NDArray[np.int32], bits: Bits | None = None) -> None:
        self.stored, self.places = stored, places
        # A first build writes rows in order: then a place is a row, and results need not be put in order.
        self._in_order = len(stored) == len(places) and bool((places == np.arange(len(places))).all())
        self._shortlist = Shortlist(bits, stored) if bits is not None else None
        self._by_place = np.argsort(places, kind="stable")
        self._sorted_places = places[self._by_place]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: NDArray[np.integer] | Sequence[int] | slice | int) -> Vectors:
        """Return the vectors of these rows, shape (n, dimension), or of one row, shape (dimension,)."""
        return np.asarray(self.stored[self.places[rows]])

    @property
    def has_shortlist(self) -> bool:
        """Whether `nearest` looks at sign bits first."""
        return self._shortlist is not None

    def cosines(self, rows: Rows, vector: Vectors) -> Scores:
        """Return the cosines of these rows with a vector, shape (n,)."""
        return cosines(self.stored, self.places[rows], vector)

    def nearest(self, vector: Vectors, count: int, rows: Rows | None = None, *, exact: bool = False) -> Rows:
        """Return at most `count` rows with the greatest cosines, in no order; of these rows if named.

        With a shortlist, nearly always: `exact` looks at every vector, and so does a search among few rows.
        """
        if self._shortlist is None or exact or (rows is not None and len(rows) < SHORTLIST_FROM):
            return self._nearest_exactly(vector, count, rows)
        found = self._rows_at(self._shortlist.nearest(vector, count, self._admitted(rows)))
        return (found if rows is None else found[np.isin(found, rows)])[:count]

    def close(self) -> None:
        """Stop helping threads."""
        if self._shortlist is not None:
            self._shortlist.close()

    def _nearest_exactly(self, vector: Vectors, count: int, rows: Rows | None) -> Rows:
        similarities = self._all_cosines(vector) if rows is None else self.cosines(rows, vector)
        count = min(count, len(similarities))
        best = np.argpartition(-similarities, count - 1)[:count] if count else np.zeros(0, dtype=np.int64)
        return best if rows is None else rows[best]

    def _all_cosines(self, vector: Vectors) -> Scores:
        """Return every row's cosine, shape (rows,)."""
        similarities = np.asarray(self.stored @ vector, dtype=np.float32)
        return similarities if self._in_order else similarities[self.places]

    def _admitted(self, rows: Rows | None) -> NDArray[np.bool_] | None:
        """Return which places these rows use; None when that is all of them."""
        if rows is None and self._in_order:
            return None
        admitted = np.zeros(len(self.stored), dtype=np.bool_)
        admitted[self.places if rows is None else self.places[rows]] = True
        return admitted

    def _rows_at(self, places: Rows) -> Rows:
        """Return all rows at each of these places, in the places' order."""
        starts = np.searchsorted(self._sorted_places, places)
        counts = np.searchsorted(self._sorted_places, places, side="right") - starts
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(self._by_place[np.repeat(starts, counts) + within], dtype=np.int64)

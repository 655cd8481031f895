"""How rows, which count from 0 in reading order, and places in the texts' file belong together.

Rows are numbered anew in every generation; places stay.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.database import PLACE_BITS

Rows = NDArray[np.int64]
_POSITION = (1 << PLACE_BITS) - 1


class Numbering:
    """The numbering of one generation.

    `page_bodies` (pages,) gives each page's body; the chunks of page i are rows `chunk_starts[i]` up to
    `chunk_starts[i + 1]`, exclusive, and the passages of chunk i likewise by `passage_starts`.
    """

    def __init__(
        self, page_bodies: NDArray[np.int64], chunk_starts: NDArray[np.int32], passage_starts: NDArray[np.int32]
    ) -> None:
        self.page_bodies, self.chunk_starts, self.passage_starts = page_bodies, chunk_starts, passage_starts
        self._by_body = np.argsort(page_bodies)
        self._sorted_bodies = page_bodies[self._by_body]

    def page_rows(self, places: Rows) -> Rows:
        """Return the rows of the pages that these places are in."""
        return np.asarray(self._by_body[np.searchsorted(self._sorted_bodies, places >> PLACE_BITS)], dtype=np.int64)

    def chunk_rows(self, places: Rows) -> Rows:
        """Return the rows of chunks."""
        return self.chunk_starts[self.page_rows(places)] + (places & _POSITION)

    def passage_rows(self, places: Rows) -> Rows:
        """Return the rows of passages."""
        return self.passage_starts[self.chunk_starts[self.page_rows(places)]] + (places & _POSITION)

    def chunk_places(self, rows: Rows) -> Rows:
        """Return the places of chunks."""
        pages = np.searchsorted(self.chunk_starts, rows, side="right") - 1
        return (self.page_bodies[pages] << PLACE_BITS) + rows - self.chunk_starts[pages]

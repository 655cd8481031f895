"""Make the vectors of chunks: three quarters what a chunk says, one quarter the headings that it stands under.

Headings are the labels that people wrote for finding things. In the chunk's own text they are a few words among many; a
share of their own makes "How to limit how many tasks run at a time" findable by a question that says it in other words.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embedder import Embedder, Report, Vectors

HEADINGS_SHARE = 0.25
"""Gains on three sets of three, see docs/retrieval.md; 0.2 and 0.3 do about as well."""


def encode_chunks(embedder: Embedder, inputs: Sequence[str], report: Report | None = None) -> Vectors:
    """Return one vector for each chunk's input (breadcrumb, line end, words), shape (n, dimension), of length 1."""
    vectors = embedder.encode_passages(inputs, report)
    breadcrumbs = [text.partition("\n")[0] for text in inputs]
    rows = {breadcrumb: row for row, breadcrumb in enumerate(dict.fromkeys(breadcrumbs))}
    headings = embedder.encode_passages(list(rows))
    mixed = (1 - HEADINGS_SHARE) * vectors + HEADINGS_SHARE * headings[[rows[each] for each in breadcrumbs]]
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.where(lengths == 0, 1, lengths), dtype=np.float32)

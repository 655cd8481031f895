"""Say how likely it is that the notes answer a question, as a calibrated probability.

A logistic model over two things that hold for any notes: how much nearer the best chunk is to the question than the
notes' chunks are to one another, and how well one passage supports an answer in meaning and words at once. Fitted on
four sets against questions of other sets, checked on a fifth; see docs/retrieval.md.
"""

from __future__ import annotations

import math

THRESHOLD = 0.5
"""Below it the service says that the notes do not hold the answer."""
ALIKE_AT_MOST = 0.35
"""Notes on one subject are more alike than this; a question about it must not be held against them."""
_BIAS = -4.29
_NEARNESS = 9.87
_SUPPORT = 6.23


def confidence(similarity: float, mean_similarity: float, support: float) -> float:
    """Return the probability, 0 to 1.

    `similarity` is the cosine of the question and the best chunk, `mean_similarity` that of two chunks of the notes,
    `support` the best passage's cosine times the share of the question's terms that it holds.
    """
    nearness = similarity - min(mean_similarity, ALIKE_AT_MOST)
    return 1 / (1 + math.exp(-(_BIAS + _NEARNESS * nearness + _SUPPORT * support)))

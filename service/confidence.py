"""Say how likely it is that the notes answer a question, as a calibrated probability.

A logistic model over three things that hold for any notes: how near the best chunk and the best passage are in meaning, and how much
of the question's weight of words the best chunks hold. Coefficients were fitted on one set and checked on others, see docs/retrieval.md.
"""

from __future__ import annotations

import math

THRESHOLD = 0.5
"""Below it the service says that the notes do not hold the answer."""
_BIAS = -9.0
_CHUNK_SIMILARITY = 7.0
_PASSAGE_SIMILARITY = 7.0
_COVERAGE = 4.0


def confidence(chunk_similarity: float, passage_similarity: float, coverage: float) -> float:
    """Return the probability, 0 to 1, from two cosines and a share."""
    score = _BIAS + _CHUNK_SIMILARITY * chunk_similarity + _PASSAGE_SIMILARITY * passage_similarity + _COVERAGE * coverage
    return 1 / (1 + math.exp(-score))

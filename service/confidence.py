"""Say how likely it is that the notes answer a question, as a calibrated probability.

A logistic model over what holds for any notes: how near the best chunk and passage come to the question, and how well
one passage, and one chunk, hold its meaning and its strongest words at once. Fitted on several sets against questions
of other sets and checked by leaving each set out, then tempered on questions whose answer was taken away; see
docs/retrieval.md.
"""

from __future__ import annotations

import math

from service.evidence import Evidence

THRESHOLD = 0.5
"""Below it the service says that the notes do not hold the answer."""
_BIAS = -3.02
_NEARNESS = 2.42
_PASSAGE_SUPPORT = 3.19
_CHUNK_SUPPORT = 3.14
_UNKNOWN_NAMES = 10.0
"""A question of five terms, one of them a name that the notes never use, loses 2 in log odds."""
_SIZE = 0.77
"""Among many chunks something is always near; measured between these two sizes."""
_FEW_CHUNKS = 1_000
_MANY_CHUNKS = 15_000


def confidence(evidence: Evidence, chunks: int) -> float:
    """Return the probability, 0 to 1, for notes of so many chunks; nothing found gives 0."""
    if evidence == Evidence():
        return 0.0
    nearness = evidence.chunk_similarity + evidence.passage_similarity
    support = _PASSAGE_SUPPORT * evidence.passage_support + _CHUNK_SUPPORT * evidence.chunk_support
    size = _SIZE * math.log(min(max(chunks, _FEW_CHUNKS), _MANY_CHUNKS) / _FEW_CHUNKS)
    unknown = _UNKNOWN_NAMES * evidence.unknown_share
    return 1 / (1 + math.exp(-(_BIAS + _NEARNESS * nearness + support - size - unknown)))

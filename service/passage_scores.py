"""Score passages as answers: meaning and words, the score of the chunk that holds them, and small bonuses for standing
where answers stand and for looking like what the question asks for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from index.search import fuse
from service.question_kind import QuestionKind, fit
from service.question_terms import QuestionTerms

Scores = NDArray[np.float32]

PASSAGE_DENSE_WEIGHT = 0.55
CHUNK_WEIGHT = 1.4
SUBJECT_WEIGHT = 0.15
"""For a question of what something is or does: the share of its terms that a passage begins with."""
HEADING_WEIGHT = 0.1
"""For the first sentence below a heading: the share of the question's terms that the heading holds."""
NAMED_ABOVE_WEIGHT = 0.3
"""For what is read with its heading (an entry, a row, code): the share of the terms that only the heading holds."""
_READ_WITH_HEADING = frozenset({"item", "row", "code", "definition"})
_SUBJECT_CHARACTERS = 40
DEFINES_BONUS = 0.15
_SAYS_WHAT = re.compile(
    r".{1,60}?\b(?:is|are|means|refers to|lets|allows|provides|represents|describes|returns|runs|makes)\b",
    re.IGNORECASE | re.DOTALL,
)
_ALMOST_ALL = 0.95


def score_passages(
    passages: Sequence[Passage],
    similarities: Scores,
    shares: Scores,
    chunk_scores: Mapping[int, float],
    chunks: Mapping[int, Chunk],
    openings: Set[int],
    question_terms: QuestionTerms,
    kind: QuestionKind,
) -> Scores:
    """Return a score for each passage; `similarities` and `shares` are cosines and shares of the question's terms."""
    fused = fuse(similarities, shares / max(float(shares.max()), 1e-9), PASSAGE_DENSE_WEIGHT)
    best = max(1e-9, *chunk_scores.values())
    added = [
        CHUNK_WEIGHT * chunk_scores[passage.chunk] / best
        + fit(kind, passage)
        + _place(passage, float(shares[i]), chunks[passage.chunk].headings[-1], question_terms, opens=i in openings)
        + (_subject(passage.text, question_terms) if kind.asks_definition else 0)
        for i, passage in enumerate(passages)
    ]
    return np.asarray(fused + np.asarray(added, dtype=np.float32), dtype=np.float32)


def _place(passage: Passage, share: float, heading: str, question_terms: QuestionTerms, *, opens: bool) -> float:
    """Return what standing below its heading adds to a passage."""
    if opens:
        return HEADING_WEIGHT * question_terms.share_in(heading)
    if passage.kind in _READ_WITH_HEADING:
        return NAMED_ABOVE_WEIGHT * (question_terms.share_in(heading, passage.text) - share)
    return 0.0


def _subject(text: str, question_terms: QuestionTerms) -> float:
    """Return what beginning with the question's subject adds, more where the passage goes on to say what it is."""
    named = question_terms.share_in(text[:_SUBJECT_CHARACTERS])
    says = _SAYS_WHAT.match(text)
    defines = says is not None and question_terms.share_in(says[0]) > _ALMOST_ALL
    return SUBJECT_WEIGHT * named + (DEFINES_BONUS if defines else 0.0)


def openings_of(passages: Sequence[Passage], chunks: Mapping[int, Chunk]) -> set[int]:
    """Return which passages are the first sentence below a heading."""
    first: dict[int, int] = {}
    for i, passage in enumerate(passages):
        if passage.kind == "sentence":
            first.setdefault(passage.chunk, i)
    return {i for chunk, i in first.items() if chunks[chunk].text.lstrip().startswith("#")}

"""What speaks for the notes holding an answer: how near they come to the question, in meaning and in words at once; and
against it: names that they never use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from index.search import Hit
from service.question_terms import QuestionTerms


@dataclass(frozen=True, slots=True)
class Evidence:
    """Figures, each 0 where there is nothing. Cosines are of the question and what was found."""

    chunk_similarity: float = 0.0
    """The best cosine of a chunk."""
    passage_similarity: float = 0.0
    """The best cosine of a passage."""
    passage_support: float = 0.0
    """The best product, of one passage, of its cosine and its grip on the question's terms."""
    chunk_support: float = 0.0
    """The same of one chunk, by the terms of its passages and its headings."""
    unknown_names: tuple[str, ...] = ()
    """Names in the question that the notes never use."""
    unknown_share: float = 0.0
    """How many those are for each of the question's terms."""


def gather_evidence(
    hits: Sequence[Hit],
    chunks: Mapping[int, Chunk],
    passages: Sequence[Passage],
    similarities: NDArray[np.float32],
    question_terms: QuestionTerms,
    names: tuple[str, ...],
) -> Evidence:
    """Return the evidence in hits, of whose chunks all passages are among those given; `similarities` are the passages'
    cosines, `names` the question's names that the notes never use.
    """
    held = {hit.row: list(chunks[hit.row].headings) for hit in hits}
    theirs = [i for i, passage in enumerate(passages) if passage.chunk in held]
    for i in theirs:
        held[passages[i].chunk].append(passages[i].text)
    grips = np.asarray([question_terms.grip_in(passages[i].text) for i in theirs], dtype=np.float32)
    cosines = similarities[theirs]
    return Evidence(
        chunk_similarity=max(hit.similarity for hit in hits),
        passage_similarity=float(cosines.max(initial=0)),
        passage_support=float((cosines * grips).max(initial=0)),
        chunk_support=max(hit.similarity * question_terms.grip_in(*held[hit.row]) for hit in hits),
        unknown_names=names,
        unknown_share=min(1.0, len(names) / max(len(question_terms), 1)),
    )

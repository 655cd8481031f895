"""A question's terms with their weights in the notes, and how much of them a text holds."""

from __future__ import annotations

import math
from collections.abc import Set

from index.analysis import content_terms, term_set, terms
from index.store import Index

STRONGEST = 3
"""A text that holds as much as the strongest terms weigh holds what a question is about, however long the question."""


class QuestionTerms:
    """A question's terms with their inverse document frequencies."""

    def __init__(self, index: Index, question: str) -> None:
        count = max(1, index.manifest.chunks)
        found = content_terms(question) or terms(question)
        weights = [math.log(1 + count / (1 + index.chunk_terms.document_frequency(term))) for term in found]
        self._weighted = list(zip(found, weights, strict=True))
        self._total = max(sum(weights), 1e-9)
        self._strongest = max(sum(sorted(weights)[-STRONGEST:]), 1e-9)

    def share_in(self, *texts: str) -> float:
        """Return the share of the weight that texts hold together, 0 to 1."""
        return self._weight_of(*map(term_set, texts)) / self._total

    def grip_of(self, held: Set[str]) -> float:
        """Return what a set of terms holds, as a share of what the strongest terms weigh; 1 at most."""
        return min(1.0, self._weight_of(held) / self._strongest)

    def _weight_of(self, *held: Set[str]) -> float:
        weight_held = 0.0
        for term, weight in self._weighted:  # a plain loop: it runs for each of the passages, several times
            for terms_of_text in held:
                if term in terms_of_text:
                    weight_held += weight
                    break
        return weight_held

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
        self._weights = {term: math.log(1 + count / (1 + index.chunk_terms.document_frequency(term))) for term in found}
        self._total = max(sum(self._weights.values()), 1e-9)
        self._strongest = max(sum(sorted(self._weights.values())[-STRONGEST:]), 1e-9)

    def share_in(self, text: str) -> float:
        """Return the share of the weight that a text holds, 0 to 1."""
        return self._weight_of(term_set(text)) / self._total

    def grip_of(self, held: Set[str]) -> float:
        """Return what a set of terms holds, as a share of what the strongest terms weigh; 1 at most."""
        return min(1.0, self._weight_of(held) / self._strongest)

    def _weight_of(self, held: Set[str]) -> float:
        return sum(weight for term, weight in self._weights.items() if term in held)

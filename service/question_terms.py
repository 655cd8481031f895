"""A question's terms with their weights in the notes, and how much of them texts hold."""

from __future__ import annotations

import math

from index.analysis import question_terms, term_set
from index.store import Index

STRONGEST = 3
"""A text that holds as much as the strongest terms weigh holds what a question is about, however long the question."""


class QuestionTerms:
    """A question's terms with their inverse document frequencies.

    A text is asked about several times, alone and together with others: what it holds is kept as bits, one for each
    term, and so is the weight of each set of bits.
    """

    def __init__(self, index: Index, question: str) -> None:
        count = max(1, index.manifest.chunks)
        found = question_terms(question)
        self._weights = [math.log(1 + count / (1 + index.chunk_terms.document_frequency(term))) for term in found]
        self._bits = {term: 1 << i for i, term in enumerate(found)}
        self._terms = frozenset(found)
        self._total = max(sum(self._weights), 1e-9)
        self._strongest = max(sum(sorted(self._weights)[-STRONGEST:]), 1e-9)
        self._held: dict[str, int] = {}
        self._weighed: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._weights)

    def share_in(self, *texts: str) -> float:
        """Return the share of the weight that texts hold together, 0 to 1."""
        return self._weight_in(texts) / self._total

    def grip_in(self, *texts: str) -> float:
        """Return what texts hold together, as a share of what the strongest terms weigh; 1 at most."""
        return min(1.0, self._weight_in(texts) / self._strongest)

    def _weight_in(self, texts: tuple[str, ...]) -> float:
        held = 0
        for text in texts:
            bits = self._held.get(text)
            held |= self._hold(text) if bits is None else bits
        weight = self._weighed.get(held)
        if weight is None:
            weight = self._weighed[held] = sum(weight for i, weight in enumerate(self._weights) if held >> i & 1)
        return weight

    def _hold(self, text: str) -> int:
        bits = self._held[text] = sum(map(self._bits.__getitem__, self._terms & term_set(text)))
        return bits

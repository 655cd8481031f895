"""Order the best chunks anew by a cross-encoder, for those who have the time: an option, off by default.

A cross-encoder reads question and chunk together. On the sets measured it cost hundreds of times more than search
itself and gained nothing with the default model; with a strong one and few questions it may be worth it.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np

from index.errors import RerankerNotFound
from index.models import find_model
from index.search import Hit

RERANKED = 20
"""Hits that are read; the others keep their places behind them."""
SHARE = 0.5
"""Share of the cross-encoder in the blended score; alone it was worse than search on every set."""


class Reranker(Protocol):
    """What judges pairs of a question and a text."""

    def score(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return a number for each text, higher for a better one."""
        ...


class CrossEncoderReranker:
    """Any cross-encoder that sentence-transformers loads; torch is imported only here. Raises RerankerNotFound."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(find_model(model).location, device="cpu")
        except (OSError, ValueError) as error:
            raise RerankerNotFound(model, str(error).partition("\n")[0]) from error
        self._one_at_a_time = Lock()

    def score(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the model's score for each pair; threads wait for one another."""
        with self._one_at_a_time:
            found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(value) for value in np.ravel(np.asarray(found, dtype=np.float64))]


def open_reranker(model: str) -> Reranker | None:
    """Open the cross-encoder of a setting; an empty one means none. Raises RerankerNotFound."""
    return CrossEncoderReranker(model) if model else None


def rerank(reranker: Reranker, question: str, hits: Sequence[Hit], texts: Sequence[str]) -> list[Hit]:
    """Return the hits, the first of them ordered by a blend of their own score and the cross-encoder's.

    `texts` are the texts of the first hits, at most `RERANKED`.
    """
    read = list(hits[: len(texts)])
    if len(read) < 2:
        return list(hits)
    scores = SHARE * _spread(reranker.score(question, texts)) + (1 - SHARE) * _spread([hit.score for hit in read])
    # Behind the lowest of the read ones stand the others, so their scores must not be higher.
    floor = hits[len(read)].score if len(hits) > len(read) else 0.0
    width = read[0].score - floor
    ordered = sorted(zip(read, scores, strict=True), key=lambda pair: -pair[1])
    return [hit._replace(score=floor + width * float(score)) for hit, score in ordered] + list(hits[len(read) :])


def _spread(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Spread values over 0 to 1."""
    array = np.asarray(values, dtype=np.float64)
    width = float(array.max() - array.min())
    return (array - array.min()) / width if width > 0 else np.zeros_like(array)

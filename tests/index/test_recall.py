"""check-recall: what it measures, and that it sees a shortlist that loses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.build import build_index
from index.embedder import Vectors
from index.recall import check_recall
from index.shortlist import Shortlist
from tests.index.test_incremental import many_pages, opened
from tests.index.words import WordEmbedder


def test_shortlist_of_few_vectors_loses_nothing(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    with opened(data) as index:
        recall = check_recall(index, embedder, 12)
    assert (recall.search, recall.vectors, recall.recall_at_10) == ("exact", index.manifest.chunks, 1.0)
    assert recall.questions == index.manifest.chunks + min(6, index.manifest.passages)
    assert recall.exact_p50_ms > 0
    assert recall.shortlist_p50_ms > 0


def test_shortlist_that_loses_is_seen(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the nearest are taken from the list; what the page itself holds does not make up for them."""
    many_pages(tmp_path / "notes")
    build_index(tmp_path / "notes", data, WordEmbedder())

    def every_other(
        self: Shortlist, vector: Vectors, count: int, admitted: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        similarities = self._vectors @ vector
        return np.argsort(-similarities, kind="stable")[: 4 * count : 4]

    monkeypatch.setattr(Shortlist, "nearest", every_other)
    with opened(data) as index:
        assert check_recall(index, WordEmbedder(), 40).recall_at_10 < 0.9


def test_same_seed_asks_the_same_questions(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    with opened(data) as index:
        first, second = (check_recall(index, embedder, 4, seed=3) for _ in range(2))
    assert (first.questions, first.recall_at_10) == (second.questions, second.recall_at_10)


def test_index_without_chunks_has_nothing_to_lose(tmp_path: Path, data: Path, embedder: WordEmbedder) -> None:
    (tmp_path / "empty.md").write_text("# Only a title\n", encoding="utf-8")
    build_index(tmp_path, data, embedder)
    with opened(data) as index:
        assert (check_recall(index, embedder, 10).questions, check_recall(index, embedder, 10).recall_at_10) == (0, 1.0)

"""A reranker reorders the first hits and leaves the rest where they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import RerankerNotFound
from index.reranker import CrossEncoderReranker, open_reranker, rerank
from index.search import Hit
from tests.tiny_models import save_cross_encoder

HITS = [Hit(row, 0, 1.0 - row / 10, 0.5, 0.5) for row in range(4)]


class ByLength:
    def score(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return [float(len(text)) for text in texts]


def test_rerank_puts_a_much_better_text_first() -> None:
    found = rerank(ByLength(), "q", HITS, ["a", "c" * 100, "bb"])
    assert [hit.row for hit in found] == [1, 0, 2, 3]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_rerank_of_equal_texts_keeps_the_order() -> None:
    assert [hit.row for hit in rerank(ByLength(), "q", HITS, ["same"] * 4)] == [0, 1, 2, 3]


def test_rerank_of_one_hit_or_none_changes_nothing() -> None:
    assert rerank(ByLength(), "q", HITS[:1], ["a"]) == HITS[:1]
    assert rerank(ByLength(), "q", [], []) == []


def test_cross_encoder_that_is_not_there_says_what_to_use(tmp_path: Path) -> None:
    with pytest.raises(RerankerNotFound, match=r"can't be loaded.*ASKMD_RERANKER"):
        CrossEncoderReranker(str(tmp_path / "nothing"))


def test_cross_encoder_made_on_the_spot_scores_every_pair(tmp_path: Path) -> None:
    save_cross_encoder(tmp_path)
    scores = CrossEncoderReranker(str(tmp_path)).score("a task", ["a loop runs", "task", "runs runs"])
    assert len(scores) == 3


def test_no_reranker_is_opened_for_an_empty_setting() -> None:
    assert open_reranker("") is None

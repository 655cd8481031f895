"""A reranker reorders the first hits and leaves the rest where they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import ModelNotFound
from index.reranker import CrossEncoderReranker, rerank
from index.search import Hit

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
    with pytest.raises(ModelNotFound, match="can't be loaded"):
        CrossEncoderReranker(str(tmp_path / "nothing"))


def test_cross_encoder_made_on_the_spot_scores_every_pair(tmp_path: Path) -> None:
    # The library makes these names as it goes, which its types do not know.
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast  # type: ignore[attr-defined]

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "task", "runs", "loop"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    tokenizer = BertTokenizerFast(vocab=str(tmp_path / "vocab.txt"), model_max_length=32)
    tokenizer.save_pretrained(tmp_path)
    configuration = BertConfig(  # type: ignore[call-arg]
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=1,
    )
    BertForSequenceClassification(configuration).save_pretrained(tmp_path)
    scores = CrossEncoderReranker(str(tmp_path)).score("a task", ["a loop runs", "task", "runs runs"])
    assert len(scores) == 3

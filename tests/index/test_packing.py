"""Questions fit into rows without loss, and a model that can't be packed is found out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedder import open_embedder
from index.export import exported_model
from index.models import find_model
from index.packing import PackedRow, choose, slots
from tests.tiny_models import save_embedder

QUESTIONS = ["the task runs a loop", "a", "ask the water : read the loop a task runs", "water", "runs a task"] * 3


@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=20), max_size=12), st.sampled_from([16, 32, 128]))
def test_rows_hold_every_question_once_and_whole(questions: list[list[int]], length: int) -> None:
    rest = [tokens for tokens in questions if len(tokens) <= length]
    row = PackedRow(length)
    while rest:
        chosen = choose([len(tokens) for tokens in rest], length)
        row.fill([rest[i] for i in chosen], "mean")
        assert 0 < len(chosen) <= slots(length)
        for slot, i in enumerate(chosen):
            own = row.segments[0] == slot + 1
            assert row.ids[0][own].tolist() == rest[i]
            assert row.positions[0][own].tolist() == list(range(len(rest[i])))
            assert np.array_equal(row.pooling[slot] > 0, own)
            assert row.pooling[slot].sum() == pytest.approx(1)
        rest = [tokens for i, tokens in enumerate(rest) if i not in chosen]


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_questions_get_the_vectors_of_the_library_whatever_the_pooling(pooling: str, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    save_embedder(tmp_path / "tiny", query="", document="", pooling=pooling)
    exported = exported_model(find_model(str(tmp_path / "tiny")), tmp_path / "cache")
    assert exported is not None
    assert exported.pooling == ("" if pooling == "max" else pooling)
    found = open_embedder(str(tmp_path / "tiny"), tmp_path / "cache").encode_questions(QUESTIONS)
    expected = SentenceTransformer(str(tmp_path / "tiny"), device="cpu").encode(QUESTIONS, normalize_embeddings=True)
    assert np.einsum("ij,ij->i", found, expected).min() > 0.999


def test_model_that_counts_positions_otherwise_is_not_packed(tmp_path: Path) -> None:
    save_embedder(tmp_path / "tiny", query="", document="", family="roberta")
    exported = exported_model(find_model(str(tmp_path / "tiny")), tmp_path / "cache")
    assert exported is not None
    assert not exported.pooling
    tiny = open_embedder(str(tmp_path / "tiny"), tmp_path / "cache")
    asked, read = tiny.encode_questions(QUESTIONS), tiny.encode_passages(QUESTIONS)
    assert np.einsum("ij,ij->i", asked, read).min() > 0.999

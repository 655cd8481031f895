"""Questions of all lengths, alone and many at once, get the vectors that they would get as passages."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import openvino
import pytest

from index.embedder import Embedder
from index.export import exported_model
from index.models import DEFAULT_MODEL, find_model
from index.question_graphs import ALWAYS_THERE, ROW_OF_MANY, WANTED_OFTEN, PackedQuestions

WORDS = (
    "What does asyncio.gather return when one of its awaitables raises an exception and the others still run".split()
)
MIXED = [" ".join((WORDS * 30)[:count]) for count in (3, 9, 25, 1, 2, 60, 4, 12, 18, 5, 6, 7, 400, 8, 10)]


def wait_for_graphs() -> None:
    for thread in threading.enumerate():
        if thread.name == "question graph":
            thread.join()


def test_questions_of_many_lengths_get_the_vectors_of_passages_in_their_order(real_embedder: Embedder) -> None:
    expected = real_embedder.encode_passages(MIXED)
    for _ in range(WANTED_OFTEN + 1):  # by the graphs there are, then by those that were made for them
        found = real_embedder.encode_questions(MIXED)
        wait_for_graphs()
        assert np.einsum("ij,ij->i", found, expected).min() > 0.999
    alone = np.concatenate([real_embedder.encode_questions([text]) for text in MIXED])
    assert np.einsum("ij,ij->i", alone, expected).min() > 0.999


def test_length_that_is_wanted_often_gets_a_graph_and_a_rare_one_does_not(
    real_embedder: Embedder, pytestconfig: pytest.Config
) -> None:
    exported = exported_model(find_model(DEFAULT_MODEL), Path(pytestconfig.cache.mkdir("models")))
    assert exported is not None
    graph = exported.folder / "packed.xml"
    questions = PackedQuestions(openvino.Core(), graph, exported.max_tokens, exported.pooling)
    short = [[101, 2054, 102]]
    for _ in range(WANTED_OFTEN - 1):
        questions.encode(short * 40)
    questions.encode(short)
    wait_for_graphs()
    assert questions.lengths == {ALWAYS_THERE}
    questions.encode(short * 40)
    wait_for_graphs()
    assert questions.lengths == {ALWAYS_THERE, ROW_OF_MANY}

"""Questions of all lengths, alone and many at once, get the vectors that they would get as passages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openvino
import pytest
from tokenizers import Tokenizer

from index.embedder import Embedder
from index.export import ExportedModel, exported_model
from index.models import DEFAULT_MODEL, find_model
from index.question_graphs import PackedQuestions

WORDS = (
    "What does asyncio.gather return when one of its awaitables raises an exception and the others still run".split()
)
MIXED = [" ".join((WORDS * 30)[:count]) for count in (3, 9, 25, 1, 2, 60, 4, 12, 18, 5, 6, 7, 400, 8, 10)]


def test_questions_of_many_lengths_get_the_vectors_of_passages_in_their_order(
    questions: PackedQuestions, real_embedder: Embedder, tokenizer: Tokenizer
) -> None:
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(MIXED)]
    expected = real_embedder.encode_passages(MIXED)
    one_by_one = questions.encode(tokens)
    questions.prepare()
    together = questions.encode(tokens)
    alone = np.concatenate([questions.encode([each]) for each in tokens])
    for found in (one_by_one, together, alone):
        assert np.einsum("ij,ij->i", found, expected).min() > 0.999


def test_threads_that_encode_at_once_get_each_their_own(questions: PackedQuestions, tokenizer: Tokenizer) -> None:
    tokens = [tokenizer.encode(text).ids for text in MIXED]
    expected = questions.encode(tokens)
    questions.prepare()
    with ThreadPoolExecutor(4) as threads:
        for row, found in enumerate(threads.map(lambda each: questions.encode([each])[0], tokens * 4)):
            assert found @ expected[row % len(tokens)] > 0.999


@pytest.fixture(scope="module")
def exported(real_embedder: Embedder, pytestconfig: pytest.Config) -> ExportedModel:
    found = exported_model(find_model(DEFAULT_MODEL), Path(pytestconfig.cache.mkdir("models")))
    assert found is not None
    return found


@pytest.fixture
def questions(exported: ExportedModel) -> PackedQuestions:
    return PackedQuestions(openvino.Core(), exported.folder / "packed.xml", exported.max_tokens, exported.pooling)


@pytest.fixture(scope="module")
def tokenizer(exported: ExportedModel) -> Tokenizer:
    opened = Tokenizer.from_file(str(exported.folder / "tokenizer.json"))
    opened.enable_truncation(exported.max_tokens)
    opened.no_padding()
    return opened

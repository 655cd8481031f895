"""One contract for every embedder, the small one of the tests too; and what finding and exporting a model promise."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.chunk_vectors import encode_chunks
from index.embedder import Embedder, TorchEmbedder, open_embedder
from index.errors import ModelNotFound
from index.export import exported_model
from index.models import DEFAULT_MODEL, find_model
from tests.index.words import WordEmbedder
from tests.tiny_models import save_embedder

TEXTS = [
    "A queue hands items from producers to consumers.",
    "Tea tastes bitter when the water is too hot.",
    "asyncio.gather() runs awaitables at the same time and returns their results in order.",
    "x",
    "日本語の文章です。",
    "word " * 2000,
]


@pytest.fixture(params=["words", "openvino"])
def any_embedder(request: pytest.FixtureRequest, embedder: WordEmbedder) -> Embedder:
    if request.param == "words":
        return embedder
    real: Embedder = request.getfixturevalue("real_embedder")
    return real


def test_vectors_are_unit_vectors_in_the_order_of_the_texts(any_embedder: Embedder) -> None:
    vectors = any_embedder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.dimension)
    assert vectors.dtype == np.dtype(np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    alone = np.concatenate([any_embedder.encode_passages([text]) for text in TEXTS])
    assert np.einsum("ij,ij->i", vectors, alone).min() > 0.999


def test_question_lies_nearest_to_the_text_that_answers_it(any_embedder: Embedder) -> None:
    questions = any_embedder.encode_questions(["asyncio.gather() returns what", "when is tea bitter"])
    assert (any_embedder.encode_passages(TEXTS) @ questions.T).argmax(axis=0).tolist() == [2, 1]


def test_no_texts_give_no_vectors(any_embedder: Embedder) -> None:
    assert any_embedder.encode_questions([]).shape == any_embedder.encode_passages([]).shape
    assert any_embedder.encode_passages([]).shape == (0, any_embedder.dimension)


def test_progress_ends_with_all_texts(any_embedder: Embedder) -> None:
    told: list[int] = []
    any_embedder.encode_passages(TEXTS, told.append)
    assert told == sorted(told)
    assert told[-1] == len(TEXTS)


def test_headings_have_a_share_in_a_chunk_vector(any_embedder: Embedder) -> None:
    under_tea, under_tasks = encode_chunks(any_embedder, ["Tea\nSome words.", "Tasks and queues\nSome words."])
    tea = any_embedder.encode_questions(["Tea"])[0]
    assert np.linalg.norm(under_tea) == pytest.approx(1, abs=1e-4)
    assert under_tea @ tea > under_tasks @ tea


def test_torch_and_openvino_agree(real_embedder: Embedder) -> None:
    torch_embedder = TorchEmbedder(find_model(DEFAULT_MODEL))
    assert (real_embedder.backend, torch_embedder.backend) == ("openvino", "torch")
    assert real_embedder.dimension == torch_embedder.dimension == 384
    both = zip(real_embedder.encode_passages(TEXTS), torch_embedder.encode_passages(TEXTS), strict=True)
    assert min(float(one @ other) for one, other in both) > 0.999


def test_exported_model_is_opened_again_without_a_new_export(
    real_embedder: Embedder, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.export._export", lambda source, folder: pytest.fail("exported again"))
    assert open_embedder(cache_folder=models).backend == "openvino"


@pytest.mark.parametrize("broken", ["askmd.json", "model.bin", "tokenizer.json", "half a description"])
def test_export_that_lost_a_part_is_made_again(
    broken: str, tmp_path: Path, models: Path, real_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = find_model(DEFAULT_MODEL)
    exported = exported_model(source, models)
    assert exported is not None
    copy = tmp_path / exported.folder.name
    shutil.copytree(exported.folder, copy)
    if broken == "half a description":
        (copy / "askmd.json").write_text('{"expo', encoding="utf-8")
    else:
        (copy / broken).unlink()
    made: list[Path] = []

    def export(_: object, folder: Path) -> None:
        made.append(folder)
        shutil.copytree(exported.folder, folder, dirs_exist_ok=True)

    monkeypatch.setattr("index.export._export", export)
    assert exported_model(source, tmp_path) is not None
    assert made == [copy]


def test_model_is_exported_once_by_all_who_open_it_at_the_same_time(
    tmp_path: Path, models: Path, real_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = find_model(DEFAULT_MODEL)
    ready = exported_model(source, models)
    assert ready is not None
    made: list[Path] = []

    def export(_: object, folder: Path) -> None:
        made.append(folder)
        shutil.copytree(ready.folder, folder)

    monkeypatch.setattr("index.export._export", export)
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: exported_model(source, tmp_path), range(4)))
    assert len(made) == 1
    assert all(each is not None for each in opened)


def test_model_that_does_not_export_is_remembered_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: object, folder: Path) -> None:
        raise NotImplementedError("no such graph")

    monkeypatch.setattr("index.export._write_graph", fail)
    source = find_model(DEFAULT_MODEL)
    assert exported_model(source, tmp_path) is None
    assert "no such graph" in json.loads(next(tmp_path.glob("*/askmd.json")).read_text(encoding="utf-8"))["reason"]
    monkeypatch.setattr("index.export._export", lambda source, folder: pytest.fail("tried again"))
    assert exported_model(source, tmp_path) is None


def test_model_that_is_not_there_says_what_to_use(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"all-MiniLM-L6-v2.*ASKMD_MODEL"):
        open_embedder(str(tmp_path / "nothing"), tmp_path / "cache")


def test_prompts_come_from_the_model_or_its_family(tmp_path: Path) -> None:
    assert find_model("intfloat/e5-small").question_prompt == "query: "
    assert find_model(DEFAULT_MODEL).question_prompt == ""
    stored = {"prompts": {"query": "ask: ", "document": "read: "}}
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(stored), encoding="utf-8")
    source = find_model(str(tmp_path))
    assert (source.question_prompt, source.passage_prompt) == ("ask: ", "read: ")


def test_other_model_puts_its_own_prompts_before_questions_and_passages(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    save_embedder(tmp_path / "tiny", query="ask: ", document="read: ")
    opened = open_embedder(str(tmp_path / "tiny"), tmp_path / "cache")
    reference = SentenceTransformer(str(tmp_path / "tiny"), device="cpu")
    text = "the task runs a loop"
    asked, read = opened.encode_questions([text])[0], opened.encode_passages([text])[0]
    bare = reference.encode(text, prompt="", normalize_embeddings=True)
    for vector, prompt in ((asked, "query"), (read, "document")):
        expected = reference.encode(text, prompt_name=prompt, normalize_embeddings=True)
        assert vector @ expected > 0.999
        assert vector @ expected > vector @ bare
    assert opened.dimension == 8

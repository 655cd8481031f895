"""Evaluation reads sets of both kinds, runs them through the service, and its figures mean what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from index.embedder import Embedder
from service.answers import Excerpt
from service.evaluation.asking import is_balanced, is_verbatim
from service.evaluation.errors import SetNotReadable
from service.evaluation.running import evaluate
from service.evaluation.sets import read_set
from service.settings import Settings
from tests.service.building import embedder_of

pytestmark = pytest.mark.anyio

DOCUMENTS = [
    ("bread.md", "Bread", "Bread rises because yeast makes gas from sugar. Dough rests for two hours."),
    ("tea.md", "Tea", "Green tea is brewed at eighty degrees. Black tea takes boiling water."),
    ("rope.md", "Rope", "A bowline makes a loop that does not slip. A reef knot joins two ropes."),
]
QUESTIONS = [
    {"_id": "q1", "text": "Why does bread rise?", "metadata": {"answers": ["yeast makes gas"]}},
    {"_id": "q2", "text": "At how many degrees is green tea brewed?", "metadata": {"answers": ["eighty"]}},
    {"_id": "q3", "text": "Which knot makes a loop that does not slip?", "metadata": {"answers": ["bowline"]}},
    {"_id": "q4", "text": "Who is the president of the parliament?", "metadata": {"answerable": False}},
]


@pytest.fixture
def embedder(settings: Settings) -> Embedder:
    return embedder_of(settings.model, settings.models)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "kitchen"
    (folder / "qrels").mkdir(parents=True)
    write_lines(folder / "corpus.jsonl", [{"_id": i, "title": title, "text": text} for i, title, text in DOCUMENTS])
    write_lines(folder / "queries.jsonl", QUESTIONS)
    (folder / "qrels" / "test.tsv").write_text(
        "query\tdocument\tscore\nq1\tbread.md\t1\nq2\ttea.md\t1\nq3\trope.md\t1\n"
    )
    return folder


def write_lines(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


async def test_beir_folder_gives_every_figure(beir: Path, tmp_path: Path, embedder: Embedder) -> None:
    foreign = tmp_path / "foreign.jsonl"
    write_lines(foreign, [{"_id": "f1", "text": "How do I reset a router password?"}])
    out = tmp_path / "per-question.jsonl"
    figures = await evaluate(
        read_set(beir), read_set(foreign), tmp_path / "data", embedder, lambda stage, done, total: None, out
    )
    assert figures.questions == 4
    assert (figures.ndcg_at_10, figures.hit_at_1, figures.recall_at_100) == (1.0, 1.0, 1.0)
    assert figures.answer_hit == 1.0
    assert figures.auroc_own == figures.auroc_foreign == 1.0
    assert (figures.answerable_refused, figures.foreign_answered) == (0.0, 0.0)
    assert figures.verbatim == figures.fence_balance == 1.0
    assert 0 < figures.p50_ms <= figures.p95_ms
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["q1", "q2", "q3", "q4", "f1"]
    assert rows[0]["rank_of_first_relevant_page"] == 1


async def test_wrong_gold_answer_is_a_miss(beir: Path, tmp_path: Path, embedder: Embedder) -> None:
    wrong = [{"_id": "q1", "text": "Why does bread rise?", "metadata": {"answers": ["magic"]}}]
    write_lines(beir / "queries.jsonl", wrong)
    figures = await evaluate(read_set(beir), None, tmp_path / "data", embedder, lambda stage, done, total: None)
    assert figures.answer_hit == 0.0
    assert figures.auroc_own is None


def test_document_with_its_own_heading_is_taken_as_a_page(tmp_path: Path, beir: Path) -> None:
    write_lines(beir / "corpus.jsonl", [{"_id": "a.md", "title": "Ignored", "text": "# Own heading\n\nText."}])
    corpus = read_set(beir).corpus
    assert corpus is not None
    assert corpus.pages[0].title == "Own heading"


@pytest.mark.parametrize("line", ["not json", '{"text": "no id"}', "[]"])
def test_malformed_line_is_refused_by_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"_id": "1", "text": "ok"}\n' + line + "\n")
    with pytest.raises(SetNotReadable, match="line 2"):
        read_set(path)


def test_missing_set_is_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SetNotReadable, match=r"\.jsonl file of questions"):
        read_set(tmp_path / "nothing.jsonl")


def test_verbatim_and_balance_notice_what_is_wrong() -> None:
    from corpus.document import Page

    page = Page("a.md", "A", "one\r\ntwo\nthree\n")
    excerpt = Excerpt(1, "id", "a.md", "A", ("A",), "/a", 1, 2, "one\r\ntwo", 1.0)
    assert is_verbatim(excerpt, page)
    assert not is_verbatim(Excerpt(1, "id", "a.md", "A", ("A",), "/a", 1, 2, "one\ntwo", 1.0), page)
    assert is_balanced("```python\nx\n```")
    assert not is_balanced("```python\nx")

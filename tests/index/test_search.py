"""Search: what is found first, scopes, priors, and what gives nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.build import build_index
from index.search import ASKED_FROM_PAGE_BONUS, Hit, Query, Scope, fuse, search
from index.store import Index, open_index
from tests.index.words import WordEmbedder


@pytest.fixture
def opened(notes: Path, data: Path, embedder: WordEmbedder) -> Iterator[Index]:
    (notes / "SUMMARY.md").write_text(
        "# Contents\n\n* [Home](README.md)\n\n## Guide\n\n* [Brewing](guide/brewing.md)\n"
        "* [Storage](guide/storage.md)\n\n## Reference\n\n* [Kettle](reference/kettle.md)\n",
        encoding="utf-8",
    )
    build_index(notes, data, embedder)
    index = open_index(data)
    yield index
    index.close()


def find(opened: Index, text: str, limit: int = 10, *, page: str = "", scope: Scope = "site") -> list[Hit]:
    return search(opened, Query(text, WordEmbedder().encode_questions([text])[0], page, scope), limit)


def paths(opened: Index, hits: list[Hit]) -> list[str]:
    return [opened.pages()[hit.page_row].path for hit in hits]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("how hot is the water for green tea", "guide/brewing.md"),
        ("keep leaves dry", "guide/storage.md"),
        ("KettleError", "reference/kettle.md"),
        ("kettle.boil", "reference/kettle.md"),
        ("brew_tea", "guide/brewing.md"),
    ],
)
def test_page_that_answers_comes_first(opened: Index, question: str, page: str) -> None:
    assert paths(opened, find(opened, question))[0] == page


def test_hits_are_ordered_and_limited(opened: Index) -> None:
    hits = find(opened, "green tea")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.row for hit in hits}) == len(hits)
    assert find(opened, "green tea", 2) == hits[:2]
    assert find(opened, "green tea", 0) == []


def test_hit_tells_its_cosine_and_its_share_of_the_best_lexical_score(opened: Index) -> None:
    question = "green tea wants water"
    hits = find(opened, question)
    vector = WordEmbedder().encode_questions([question])[0]
    for hit in hits:
        assert hit.similarity == pytest.approx(float(opened.arrays.chunk_vectors[hit.row] @ vector), abs=1e-5)
    assert max(hit.lexical for hit in hits) == 1.0
    assert min(hit.lexical for hit in hits) == 0.0


def test_scope_of_a_page_admits_only_its_chunks(opened: Index) -> None:
    hits = find(opened, "kettle", page="guide/brewing.md", scope="page")
    assert set(paths(opened, hits)) == {"guide/brewing.md"}
    assert len(hits) == 2


def test_scope_of_a_section_admits_the_pages_of_its_group(opened: Index) -> None:
    hits = find(opened, "kettle", page="guide/brewing.md", scope="section")
    assert set(paths(opened, hits)) == {"guide/brewing.md", "guide/storage.md"}


def test_page_asked_from_is_raised_and_filters_nothing(opened: Index) -> None:
    everywhere = {hit.row: hit.score for hit in find(opened, "brewing and storage")}
    hits = find(opened, "brewing and storage", page="guide/storage.md")
    raised = {hit.row: hit.score - everywhere[hit.row] for hit in hits}
    assert raised.keys() == everywhere.keys()
    own = [raised[hit.row] for hit in hits if paths(opened, [hit]) == ["guide/storage.md"]]
    assert own == pytest.approx([ASKED_FROM_PAGE_BONUS])
    assert sum(raised.values()) == pytest.approx(ASKED_FROM_PAGE_BONUS, abs=1e-5)


def test_page_asked_from_does_not_beat_the_page_that_answers(opened: Index) -> None:
    assert paths(opened, find(opened, "KettleError kettle.boil empty", page="README.md"))[0] == "reference/kettle.md"


@pytest.mark.parametrize("question", ["", "?!", "🍵", "\x00\x01", "the of a", "x" * 100_000, '"unclosed (AND -title:'])
def test_question_without_known_words_is_no_error(opened: Index, question: str) -> None:
    assert all(hit.lexical == 0 for hit in find(opened, question)) or question == "the of a"


def test_index_without_chunks_finds_nothing(tmp_path: Path, data: Path, embedder: WordEmbedder) -> None:
    (tmp_path / "empty.md").write_text("# Only a title\n", encoding="utf-8")
    build_index(tmp_path, data, embedder)
    index = open_index(data)
    assert find(index, "title") == []
    index.close()


def test_fusion_is_convex() -> None:
    fused = fuse(np.asarray([0.8, 0.4, -0.2], np.float32), np.asarray([0.0, 1.0, 0.5], np.float32), 0.6)
    assert fused.tolist() == pytest.approx([0.6, 0.7, 0.2])
    assert fuse(np.zeros(2, np.float32), np.asarray([1.0, 0.0], np.float32), 0.6).tolist() == pytest.approx([0.4, 0])


@pytest.mark.parametrize("scope", ["page", "section"])
def test_scope_around_a_page_that_is_not_there_finds_nothing(opened: Index, scope: Scope) -> None:
    assert find(opened, "green tea", page="guide/coffee.md", scope=scope) == []
    assert find(opened, "green tea", scope=scope) == []

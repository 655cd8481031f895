"""The shortlist finds what looking at every vector finds; exact search is the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.build import build_index
from index.embedder import Vectors
from index.search import Query, search
from index.shortlist import SHORTLIST, Shortlist, sign_bits
from index.store import Index, open_index
from index.vector_rows import VectorRows
from tests.index.test_incremental import QUESTIONS, many_pages, opened
from tests.index.words import WordEmbedder

random = np.random.default_rng(7)


def alike(count: int, dimension: int = 384, topics: int = 48) -> Vectors:
    """Return vectors that lie as those of texts do: in a few directions, and in groups."""
    directions = random.standard_normal((topics, dimension))
    weights = random.gamma(0.3, size=(count, topics))
    vectors = weights @ directions + 0.5 * random.standard_normal((count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("dimension", [64, 100, 384, 1000])
def test_differences_are_those_of_the_signs(dimension: int) -> None:
    vectors = random.standard_normal((300, dimension)).astype(np.float32)
    shortlist = Shortlist(sign_bits(vectors), vectors)
    expected = ((vectors > 0) != (vectors[0] > 0)).sum(axis=1)
    assert (shortlist._differences(vectors[0]) == expected).all()
    shortlist.close()


def test_nearest_by_shortlist_are_nearly_always_the_nearest() -> None:
    vectors = alike(20_000)
    held_out, vectors = vectors[:50], vectors[50:]
    shortlist = Shortlist(sign_bits(vectors), vectors)
    found = 0
    for vector in held_out:
        nearest = np.argsort(-(vectors @ vector))[:10]
        found += len(np.intersect1d(nearest, shortlist.nearest(vector, 10)))
    assert found / 500 >= 0.97
    shortlist.close()


def test_nearest_are_best_first_and_only_those_admitted() -> None:
    vectors = alike(5000)
    shortlist = Shortlist(sign_bits(vectors), vectors)
    admitted: NDArray[np.bool_] = np.arange(5000) % 3 == 0
    places = shortlist.nearest(vectors[1], 20, admitted)
    assert len(places) == 20
    assert admitted[places].all()
    similarities = vectors[places] @ vectors[1]
    assert (np.diff(similarities) <= 0).all()
    assert len(shortlist.nearest(vectors[1], 20, np.arange(5000) < 5)) == 5
    assert len(shortlist.nearest(vectors[1], 20, np.zeros(5000, dtype=np.bool_))) == 0
    shortlist.close()


def test_very_many_equal_vectors_do_not_make_the_shortlist_long() -> None:
    vectors = np.tile(alike(1), (50_000, 1))
    shortlist = Shortlist(sign_bits(vectors), vectors)
    assert len(shortlist.nearest(vectors[0], SHORTLIST)) == SHORTLIST
    shortlist.close()


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=40),
    st.integers(1, 12),
    st.lists(st.integers(0, 39), max_size=10, unique=True),
)
def test_rows_with_a_shortlist_are_as_near_as_without(places: list[int], count: int, among: list[int]) -> None:
    """Rows share places and leave some unused; few vectors are all on the shortlist, so nothing may be lost."""
    stored = VECTORS
    rows = VectorRows(stored, np.asarray(places, dtype=np.int32), sign_bits(stored))
    for chosen in (None, np.asarray([row for row in among if row < len(places)], dtype=np.int64)):
        found = rows.nearest(stored[3], count, chosen)
        exact = rows.nearest(stored[3], count, chosen, exact=True)
        assert len(set(found.tolist())) == len(found) == len(exact)
        assert sorted(rows[found] @ stored[3]) == pytest.approx(sorted(rows[exact] @ stored[3]))
        assert chosen is None or set(found.tolist()) <= set(chosen.tolist())
    rows.close()


VECTORS = alike(10)


@pytest.fixture
def shortlisted(tmp_path: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An index with a shortlist, after a page came and one went."""
    for module in ("shortlist_writing", "vector_rows"):
        monkeypatch.setattr(f"index.{module}.SHORTLIST_FROM", 0)
    many_pages(tmp_path / "notes")
    build_index(tmp_path / "notes", data, embedder)
    (tmp_path / "notes/p010.md").unlink()
    (tmp_path / "notes/a.md").write_text("# New\n\nThe kettle sings.\n", encoding="utf-8")
    build_index(tmp_path / "notes", data, embedder)
    with opened(data) as index:
        yield index


def test_index_with_a_shortlist_finds_what_exact_search_finds(shortlisted: Index) -> None:
    assert shortlisted.manifest.search == "shortlist"
    for text, vector in zip(QUESTIONS, WordEmbedder().encode_questions(QUESTIONS), strict=True):
        for query in (Query(text, vector), Query(text, vector, "p001.md", "section")):
            found, exact = search(shortlisted, query, 50), search(shortlisted, query, 50, exact=True)
            assert [(hit.row, hit.score) for hit in found] == [(hit.row, hit.score) for hit in exact]


def test_few_chunks_are_searched_exactly(tmp_path: Path, data: Path, embedder: WordEmbedder) -> None:
    many_pages(tmp_path / "notes")
    build_index(tmp_path / "notes", data, embedder)
    index = open_index(data)
    assert index.manifest.search == "exact"
    assert not list(index.generation.glob("*bits*"))
    index.close()

"""An opened index: what it holds, from any thread, also after later builds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.reading import read_document
from corpus.sources import read_corpus
from index.build import build_index
from index.read_ahead import read_ahead
from index.search import Query, search
from index.store import Index, open_index
from tests.index.words import WordEmbedder


@pytest.fixture
def opened(notes: Path, data: Path, embedder: WordEmbedder) -> Iterator[Index]:
    build_index(notes, data, embedder)
    index = open_index(data)
    yield index
    index.close()


def test_index_gives_back_what_was_read(opened: Index, notes: Path) -> None:
    documents = [read_document(page) for page in read_corpus(notes).pages]
    chunks = [chunk for document in documents for chunk in document.chunks]
    assert opened.chunks(list(range(len(chunks)))) == chunks
    assert opened.chunks([2, 0, 2]) == [chunks[2], chunks[0], chunks[2]]
    assert opened.examples() == tuple(example for document in documents for example in document.examples)
    assert [opened.page(document.page.path) for document in documents] == [document.page for document in documents]


def test_passages_stand_in_rows_of_their_own_under_their_chunk(opened: Index) -> None:
    found = opened.passages(list(range(opened.manifest.chunks)))
    assert [row for row, _ in found] == list(range(opened.manifest.passages))
    starts = opened.arrays.passage_starts
    assert all(starts[passage.chunk] <= row < starts[passage.chunk + 1] for row, passage in found)


def test_examples_are_found_by_id_and_by_page(opened: Index) -> None:
    (example,) = opened.page_examples("guide/brewing.md")
    assert opened.example(example.id) == example
    assert opened.example("unknown") is None
    assert opened.page_examples("README.md") == ()


def test_pages_know_their_row_their_chunks_and_who_links_to_them(opened: Index) -> None:
    row = opened.page_row("guide/brewing.md")
    assert row is not None
    assert len(opened.chunk_rows([row])) == 2
    assert opened.arrays.page_links[row] == 2
    assert opened.page_row("nothing.md") is None
    assert opened.page("nothing.md") is None


def test_index_that_was_read_ahead_needs_its_database_no_more(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    index = open_index(data)
    rows = list(range(index.manifest.chunks))
    expected = index.chunks(rows), index.passages(rows)
    index.close()
    again = open_index(data)
    read_ahead(again)
    again.close()
    assert (again.chunks(rows), again.passages(rows)) == expected


def test_index_that_is_not_kept_whole_is_not_read_ahead(opened: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.read_ahead.CHUNKS_KEPT", opened.manifest.chunks - 1)
    read_ahead(opened)
    opened.close()
    with pytest.raises(sqlite3.ProgrammingError):
        opened.chunks([0])


def test_vectors_have_length_one(opened: Index) -> None:
    for vectors in (opened.arrays.chunk_vectors, opened.arrays.passage_vectors):
        assert np.allclose(np.linalg.norm(vectors[:], axis=1), 1, atol=1e-5)


def test_many_threads_read_one_index(opened: Index, embedder: WordEmbedder) -> None:
    vector = embedder.encode_questions(["green tea"])[0]

    def ask(_: int) -> str:
        hit = search(opened, Query("green tea", vector), 3)[0]
        page = opened.page(opened.pages()[hit.page_row].path)
        return opened.chunks([hit.row])[0].text + (page.text if page else "")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(200)))) == 1


def test_reader_works_on_while_later_builds_remove_its_generation(
    notes: Path, data: Path, embedder: WordEmbedder, opened: Index
) -> None:
    for number in range(3):
        (notes / "README.md").write_text(f"# Round {number}\n\nOther text.\n", encoding="utf-8")
        build_index(notes, data, embedder)
    assert not opened.generation.exists()
    with ThreadPoolExecutor(8) as pool:
        titles = list(pool.map(lambda _: (opened.page("README.md") or opened.pages()[1]).text[:11], range(32)))
    assert set(titles) == {"# Tea house"}
    assert search(opened, Query("kettle", embedder.encode_questions(["kettle"])[0]), 1)[0].page_row == 3


def test_closed_index_refuses_to_read_and_does_not_hang(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    index = open_index(data)
    index.close()
    for _ in range(6):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            index.chunks([0])


def test_path_with_odd_characters_can_hold_an_index(notes: Path, tmp_path: Path, embedder: WordEmbedder) -> None:
    data = tmp_path / "a b?c#d%20é"
    build_index(notes, data, embedder)
    index = open_index(data)
    assert index.chunks([0])
    index.close()

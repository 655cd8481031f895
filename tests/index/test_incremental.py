"""A rebuild does what changed and no more, and what it gives is what a build from nothing gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.term_writing
from corpus.document import Document, Page
from corpus.reading import read_document
from index.build import build_index
from index.search import Query, search
from index.store import Index, open_index
from tests.index.words import WordEmbedder

NAMES = ["README.md", "a.md", "b/README.md", "b/c.md", "b/d.md", "e.md"]
WORDS = ["tea", "kettle", "water", "leaf", "bitter", "minutes", "`brew()`", "It keeps."]
LINKS = ["", "[x](/a.md)", "[y](b/c.md)", "[[d]]", "[z](../e.md)"]
QUESTIONS = ["tea", "kettle water", "bitter minutes brew", "leaf"]

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda words: " ".join(words) + ".")
pages = st.builds(
    "# {}\n\n{}\n\n## {}\n\n{} {}\n\n```python\nprint('{}')\n```\n".format,
    st.sampled_from(WORDS),
    sentences,
    st.sampled_from(WORDS),
    sentences,
    st.sampled_from(LINKS),
    st.sampled_from(WORDS),
)
orders = st.none() | st.permutations(NAMES)
notes_of_pages = st.tuples(st.dictionaries(st.sampled_from(NAMES), pages, min_size=1), orders)


def write(folder: Path, texts: dict[str, str], order: list[str] | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if order is not None:
        contents = "# Contents\n\n" + "".join(f"* [{name}]({name})\n" for name in order)
        (folder / "SUMMARY.md").write_text(contents, encoding="utf-8")


@contextmanager
def opened(data: Path) -> Iterator[Index]:
    index = open_index(data)
    yield index
    index.close()


@dataclass(frozen=True)
class Content:
    """All that can be read off an index."""

    pages: object
    chunks: object
    passages: object
    examples: object
    links: list[int]
    vectors: bytes
    hits: list[list[tuple[int, float]]]


def content(data: Path) -> Content:
    with opened(data) as index:
        rows = list(range(index.manifest.chunks))
        vectors = index.arrays.chunk_vectors[:].tobytes() + index.arrays.passage_vectors[:].tobytes()
        hits = [
            [(hit.row, round(hit.score, 4)) for hit in search(index, Query(text, vector), 20)]
            for text, vector in zip(QUESTIONS, WordEmbedder().encode_questions(QUESTIONS), strict=True)
        ]
        return Content(
            [(page, index.page(page.path)) for page in index.pages()],
            index.chunks(rows),
            index.passages(rows),
            index.examples(),
            index.arrays.page_links.tolist(),
            vectors,
            [sorted(found) for found in hits],
        )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(notes_of_pages, min_size=2, max_size=4))
def test_index_after_any_edits_equals_one_built_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, versions: list[tuple[dict[str, str], list[str] | None]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    for texts, order in versions:
        write(folder / "notes", texts, order)
        build_index(folder / "notes", folder / "data", WordEmbedder())
    build_index(folder / "notes", folder / "fresh", WordEmbedder())
    assert content(folder / "data") == content(folder / "fresh")


def many_pages(folder: Path, count: int = 60) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        words = f"{WORDS[number % 5]} number{number} {WORDS[number % 3]}"
        (folder / f"p{number:03}.md").write_text(f"# Page {number}\n\nThe {words} is here.\n", encoding="utf-8")


def test_terms_updated_in_place_find_what_an_index_from_nothing_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.term_writing, "SMALL_CHUNKS", 0)
    notes, data, fresh = tmp_path / "notes", tmp_path / "data", tmp_path / "fresh"
    many_pages(notes)
    build_index(notes, data, WordEmbedder())
    (notes / "p010.md").unlink()
    (notes / "p020.md").rename(notes / "q020.md")
    (notes / "a-new-page.md").write_text("# New\n\nThe kettle sings number999.\n", encoding="utf-8")
    build_index(notes, data, WordEmbedder())
    build_index(notes, fresh, WordEmbedder())
    with opened(data) as updated, opened(fresh) as new:
        assert (updated.manifest.replaced_terms, new.manifest.replaced_terms) == (2, 0)
        for term in ["number10", "number20", "number999", "kettl", "tea", "page"]:
            rows, scores = updated.chunk_terms.search([term], 100)
            expected = dict(zip(*new.chunk_terms.search([term], 100), strict=True))
            assert dict(zip(rows, scores, strict=True)) == pytest.approx(expected, rel=0.2)  # what is gone still counts
            assert set(updated.page_terms.search([term], 100)[0]) == set(new.page_terms.search([term], 100)[0])


def test_terms_are_indexed_anew_when_much_was_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.term_writing, "SMALL_CHUNKS", 0)
    notes, data = tmp_path / "notes", tmp_path / "data"
    many_pages(notes)
    build_index(notes, data, WordEmbedder())
    for number in range(4):
        (notes / f"p{number:03}.md").write_text("# Other\n\nOther words.\n", encoding="utf-8")
    build_index(notes, data, WordEmbedder())
    with opened(data) as changed:
        assert changed.manifest.replaced_terms == 0
        assert len(changed.chunk_terms.search(["other"], 100)[0]) == 4


def test_rebuild_reads_only_the_page_that_changed(
    notes: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(notes, data, embedder)
    read: list[str] = []

    def note(page: Page) -> Document:
        read.append(page.path)
        return read_document(page)

    monkeypatch.setattr("index.page_reading.read_document", note)
    (notes / "guide/storage.md").write_text("# Storage\n\nKeep leaves dry and cold.\n", encoding="utf-8")
    assert build_index(notes, data, embedder).read == 1
    assert read == ["guide/storage.md"]


def test_changed_order_alone_reads_and_encodes_nothing(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    contents = ["guide/storage.md", "README.md", "guide/brewing.md", "reference/kettle.md"]
    (notes / "SUMMARY.md").write_text("".join(f"* [x]({path})\n" for path in contents), encoding="utf-8")
    build_index(notes, data, embedder)
    (notes / "SUMMARY.md").write_text("".join(f"* [x]({path})\n" for path in contents[::-1]), encoding="utf-8")
    report = build_index(notes, data, embedder)
    assert (report.changed, report.read, report.encoded) == (True, 0, 0)
    with opened(data) as index:
        assert [page.path for page in index.pages()] == contents[::-1]


def test_renamed_page_is_read_and_not_encoded(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    (notes / "guide/storage.md").rename(notes / "guide/cellar.md")
    report = build_index(notes, data, embedder)
    assert (report.read, report.encoded) == (1, 0)


def test_text_that_stands_twice_is_encoded_once(tmp_path: Path, data: Path, embedder: WordEmbedder) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.md").write_text("# Same\n\nThe very same words.\n", encoding="utf-8")
    report = build_index(tmp_path, data, embedder)
    assert (report.chunks, report.passages, report.encoded) == (3, 3, 2)
    assert len(embedder.encoded) == len(set(embedder.encoded))
    with opened(data) as index:
        assert np.ptp(index.arrays.chunk_vectors[:], axis=0).max() == 0


def test_code_that_reads_otherwise_reads_every_page_anew_and_encodes_nothing(
    notes: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_index(notes, data, embedder)
    for module in (index.build, index.generation_writing):
        monkeypatch.setattr(module, "reader_version", lambda: "another")
    report = build_index(notes, data, embedder)
    assert (report.read, report.encoded) == (first.pages, 0)


def test_store_is_compacted_when_most_of_it_is_used_no_more(
    tmp_path: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vector_store._FEW", 4)
    many_pages(tmp_path / "notes", 12)
    build_index(tmp_path / "notes", data, embedder)
    with opened(data) as older:
        before = older.arrays.chunk_vectors[:]
        for number in range(6):
            (tmp_path / f"notes/p{number:03}.md").unlink()
        report = build_index(tmp_path / "notes", data, embedder)
        assert report.encoded == 0
        with opened(data) as newer:
            assert newer.manifest.vectors != older.manifest.vectors
            assert newer.manifest.stored_chunks == newer.manifest.chunks == 6
            assert (newer.arrays.chunk_vectors[:] == before[6:]).all()
        assert (older.arrays.chunk_vectors[:] == before).all()
    (tmp_path / "notes/p011.md").write_text("# Page 11\n\nOther words.\n", encoding="utf-8")
    build_index(tmp_path / "notes", data, embedder)
    assert len(list((data / "vectors").iterdir())) == 1


def test_page_is_read_anew_when_a_file_that_it_includes_changes(
    tmp_path: Path, data: Path, embedder: WordEmbedder
) -> None:
    notes = tmp_path / "notes"
    many_pages(notes, 3)
    (notes / "tea.md").write_text('# Tea\n\nSome code.\n\n```python\n--8<-- "brew.py"\n```\n', encoding="utf-8")
    (notes / "brew.py").write_text("print('green')\n", encoding="utf-8")
    build_index(notes, data, embedder)
    (notes / "brew.py").write_text("print('black')\n", encoding="utf-8")
    assert build_index(notes, data, embedder).read == 1
    with opened(data) as index:
        assert [example.code for example in index.examples()] == ["print('black')\n"]

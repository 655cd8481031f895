"""Building: what is reused, what is refused, and what is mended."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import NotesEmpty, NotesNotFound
from index.build import build_index
from index.errors import IndexBusy, IndexMismatch, IndexNotBuilt
from index.store import open_index
from tests.index.words import WordEmbedder


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the size and the time of change of every file below a folder."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def generations(data: Path) -> set[str]:
    return {path.name for path in (data / "generations").iterdir()}


def test_build_gives_an_index_of_all_pages(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    report = build_index(notes, data, embedder)
    opened = open_index(data, model="words")
    assert (report.changed, report.reused, report.pages) == (True, 0, 4)
    assert [page.path for page in opened.pages()] == [
        "README.md",
        "guide/brewing.md",
        "guide/storage.md",
        "reference/kettle.md",
    ]
    assert len(opened.arrays.chunk_vectors) == report.chunks == opened.manifest.chunks
    assert len(opened.arrays.passage_vectors) == report.passages
    assert len(opened.examples()) == report.examples == 1
    opened.close()


def test_build_of_unchanged_notes_writes_nothing(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    first = build_index(notes, data, embedder)
    before, embedder.encoded = files(data), []
    second = build_index(notes, data, embedder)
    assert (second.changed, second.encoded, second.version) == (False, 0, first.version)
    assert files(data) == before
    assert embedder.encoded == []


def test_build_after_one_changed_page_encodes_only_what_is_new(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    first = build_index(notes, data, embedder)
    embedder.encoded = []
    with (notes / "guide/storage.md").open("a", encoding="utf-8") as page:
        page.write("\n## Tins\n\nA tin keeps out the light.\n")
    second = build_index(notes, data, embedder)
    assert (second.encoded, second.reused) == (2, first.chunks + first.passages)
    assert all("tin" in text.lower() for text in embedder.encoded)


def test_reused_vectors_are_those_of_a_build_from_nothing(
    notes: Path, data: Path, tmp_path: Path, embedder: WordEmbedder
) -> None:
    build_index(notes, data, embedder)
    (notes / "guide/new.md").write_text("# New\n\nA new page comes between the others.\n", encoding="utf-8")
    (notes / "README.md").unlink()
    build_index(notes, data, embedder)
    build_index(notes, tmp_path / "fresh", embedder)
    reused, fresh = open_index(data), open_index(tmp_path / "fresh")
    assert (reused.arrays.chunk_vectors[:] == fresh.arrays.chunk_vectors[:]).all()
    assert (reused.arrays.passage_vectors[:] == fresh.arrays.passage_vectors[:]).all()
    reused.close()
    fresh.close()


def test_another_model_reuses_no_vector(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    first = build_index(notes, data, embedder)
    embedder.model = "other words"
    second = build_index(notes, data, embedder)
    assert (second.reused, second.encoded) == (0, first.encoded)


def test_index_of_another_model_is_refused_with_the_command_that_mends_it(
    notes: Path, data: Path, embedder: WordEmbedder
) -> None:
    build_index(notes, data, embedder)
    with pytest.raises(IndexMismatch, match=r"model words, but other is asked for.*askmd index"):
        open_index(data, model="other")


@pytest.mark.parametrize("version", ["FORMAT_VERSION", "CHUNKER_VERSION", "ANALYSIS_VERSION"])
def test_index_of_another_version_is_refused_and_then_rebuilt(
    notes: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    build_index(notes, data, embedder)
    for name, module in list(sys.modules.items()):
        if name.startswith("index.") and hasattr(module, version):
            monkeypatch.setattr(module, version, 999)
    with pytest.raises(IndexMismatch, match="askmd index"):
        open_index(data)
    assert build_index(notes, data, embedder).changed
    open_index(data).close()


def test_manifest_of_another_shape_is_a_mismatch(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    build_index(notes, data, embedder)
    (card,) = data.glob("generations/*/manifest.json")
    card.write_text(json.dumps({"format_version": 1, "unknown": True}), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="format 1"):
        open_index(data)


def test_index_of_an_older_askmd_that_noted_more_opens_and_is_up_to_date(
    notes: Path, data: Path, embedder: WordEmbedder
) -> None:
    version = build_index(notes, data, embedder).version
    (card,) = data.glob("generations/*/manifest.json")
    card.write_text(json.dumps({**json.loads(card.read_text("utf-8")), "mean_similarity": 0.25}), encoding="utf-8")
    open_index(data).close()
    again = build_index(notes, data, embedder)
    assert (again.version, again.changed) == (version, False)


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


BREAKAGES: dict[str, Callable[[Path], object]] = {
    "no current": lambda data: remove(data / "current.json"),
    "current is no JSON": lambda data: (data / "current.json").write_text("{", encoding="utf-8"),
    "current is a list": lambda data: (data / "current.json").write_text("[1]", encoding="utf-8"),
    "current is binary": lambda data: (data / "current.json").write_bytes(b"\xff\xfe"),
    "current names nothing": lambda data: (data / "current.json").write_text('{"generation": "x"}', encoding="utf-8"),
    "no manifest": lambda data: remove(next(data.glob("generations/*/manifest.json"))),
    "manifest cut off": lambda data: next(data.glob("generations/*/manifest.json")).write_text('{"ver', "utf-8"),
    "no vectors": lambda data: remove(next(data.glob("vectors/*/chunks.vectors"))),
    "vectors cut off": lambda data: os.truncate(next(data.glob("vectors/*/passages.vectors")), 40),
    "no vectors at all": lambda data: remove(data / "vectors"),
    "no places": lambda data: remove(next(data.glob("generations/*/chunk_places.npy"))),
    "no terms": lambda data: remove(next(data.glob("generations/*/chunk_terms"))),
    "no texts": lambda data: remove(next(data.glob("generations/*/notes.sqlite"))),
    "texts cut off": lambda data: os.truncate(next(data.glob("generations/*/notes.sqlite")), 100),
    "no generations": lambda data: remove(data / "generations"),
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES)
def test_broken_index_is_not_built_and_the_next_build_mends_it(
    notes: Path, data: Path, embedder: WordEmbedder, breakage: Callable[[Path], object]
) -> None:
    build_index(notes, data, embedder)
    breakage(data)
    with pytest.raises(IndexNotBuilt, match="askmd index"):
        open_index(data)
    assert build_index(notes, data, embedder).changed
    opened = open_index(data)
    assert len(opened.chunks([0, 1])) == 2
    opened.close()


def test_index_that_was_never_built_says_how_to_build_it(data: Path) -> None:
    with pytest.raises(IndexNotBuilt, match="Build it with: askmd index"):
        open_index(data)


def test_second_builder_is_told_that_the_first_is_busy(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    data.mkdir()
    with (data / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexBusy, match="Another process"):
            build_index(notes, data, embedder)
    assert build_index(notes, data, embedder).changed


def test_notes_that_are_not_there_leave_the_index_alone(
    notes: Path, data: Path, embedder: WordEmbedder, tmp_path: Path
) -> None:
    build_index(notes, data, embedder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotesNotFound):
        build_index(tmp_path / "nothing", data, embedder)
    with pytest.raises(NotesEmpty):
        build_index(tmp_path / "empty", data, embedder)
    open_index(data).close()


def test_leftovers_of_a_killed_build_are_cleared(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    (data / "generations" / ".building-killed").mkdir(parents=True)
    build_index(notes, data, embedder)
    assert not any(name.startswith(".building") for name in generations(data))


def test_two_generations_are_kept_even_when_the_clock_went_back(
    notes: Path, data: Path, embedder: WordEmbedder
) -> None:
    for round_ in range(4):
        (notes / "README.md").write_text(f"# Round {round_}\n\nText of round {round_}.\n", encoding="utf-8")
        for folder in (data / "generations").glob("*"):
            os.utime(folder, (4e9, 4e9))  # as if it came from the future
        build_index(notes, data, embedder)
        opened = open_index(data)
        assert opened.pages()[0].title == f"Round {round_}"
        opened.close()
    assert len(generations(data)) == 2


def test_page_without_text_can_be_indexed(tmp_path: Path, data: Path, embedder: WordEmbedder) -> None:
    (tmp_path / "empty.md").write_text("", encoding="utf-8")
    report = build_index(tmp_path, data, embedder)
    assert (report.pages, report.chunks) == (1, 0)
    assert [str(warning) for warning in report.warnings] == ["empty.md:1: the page is empty"]
    open_index(data).close()


def test_warnings_of_pages_that_are_not_read_again_are_told_again(
    notes: Path, data: Path, embedder: WordEmbedder
) -> None:
    (notes / "open.md").write_text("# Open\n\n```python\nprint(1)\n", encoding="utf-8")
    first = build_index(notes, data, embedder)
    assert [warning.kind for warning in first.warnings] == ["never closed"]
    assert build_index(notes, data, embedder).warnings == first.warnings
    (notes / "new.md").write_text("# New\n\nA page.\n", encoding="utf-8")
    third = build_index(notes, data, embedder)
    assert (third.read, third.warnings) == (1, first.warnings)


def test_progress_reaches_the_end_of_each_stage(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    told: dict[str, tuple[int, int]] = {}
    build_index(notes, data, embedder, progress=lambda stage, done, total: told.update({stage: (done, total)}))
    assert {"reading", "embedding chunks", "embedding passages", "indexing terms"} <= set(told)
    assert all(done == total for done, total in told.values())

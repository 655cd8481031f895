"""A build that fails, whatever the reason, leaves the index as it was."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import index.generations
from index.build import BuildReport, build_index
from index.errors import IndexNotWritten
from index.store import open_index
from tests.index.words import WordEmbedder


def changed(notes: Path) -> None:
    (notes / "guide/storage.md").write_text("# Storage\n\nAll new words about tins and jars.\n", encoding="utf-8")


def assert_old_index_stands(data: Path, before: BuildReport) -> None:
    opened = open_index(data)
    assert opened.manifest.version == before.version
    assert "dry and dark" in (opened.page("guide/storage.md") or opened.pages()[0]).text
    opened.close()
    assert len(list((data / "generations").iterdir())) == 1
    assert [path.name for path in data.iterdir() if path.name.startswith(".current")] == []


@pytest.mark.parametrize("calls", [0, 2])
def test_model_that_fails_leaves_the_old_index_whole(
    notes: Path, data: Path, embedder: WordEmbedder, calls: int
) -> None:
    before = build_index(notes, data, embedder)
    changed(notes)
    embedder.encoded, embedder.fails_at = [], calls
    with pytest.raises(RuntimeError, match="the model failed"):
        build_index(notes, data, embedder)
    assert_old_index_stands(data, before)


def test_interrupt_leaves_the_old_index_whole(notes: Path, data: Path, embedder: WordEmbedder) -> None:
    before = build_index(notes, data, embedder)
    changed(notes)

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "indexing terms":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(notes, data, embedder, progress=interrupt)
    assert_old_index_stands(data, before)


@contextmanager
def largest_file(limit_bytes: int) -> Iterator[None]:
    """Let no file grow past a limit, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("limit_bytes", [100, 300, 700, 2000, 6000, 20_000])
def test_full_disk_leaves_the_old_index_whole(
    notes: Path, data: Path, embedder: WordEmbedder, limit_bytes: int
) -> None:
    before = build_index(notes, data, embedder)
    changed(notes)
    with largest_file(limit_bytes), pytest.raises(IndexNotWritten, match="The index before it, if any, is untouched"):
        build_index(notes, data, embedder)
    assert_old_index_stands(data, before)
    assert build_index(notes, data, embedder).changed


def test_failure_of_the_last_step_leaves_the_old_index_whole(
    notes: Path, data: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_index(notes, data, embedder)
    changed(notes)

    def fail(data_folder: Path, generation: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(index.generations, "make_current", fail)
        with pytest.raises(IndexNotWritten, match="No space left"):
            build_index(notes, data, embedder)
    assert_old_index_stands(data, before)


def test_data_folder_that_can_not_be_made_is_named(notes: Path, tmp_path: Path, embedder: WordEmbedder) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(IndexNotWritten, match="file/data"):
        build_index(notes, tmp_path / "file" / "data", embedder)

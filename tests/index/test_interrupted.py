"""Builds that are killed at any moment: the index before stands, and the next build goes on where they were."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.build import build_index
from index.store import open_index
from index.vector_log import VectorLog
from tests.index.words import WordEmbedder

ROOT = Path(__file__).parents[2]
BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
import index.embedding, index.generation_writing, index.generations
from index.build import build_index
from tests.index.words import WordEmbedder

notes, data, moment, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
index.embedding.FIRST_PART = index.embedding.LARGEST_PART = index.embedding.SMALLEST_PART = 4

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def progress(stage, done, total):
    if stage == moment and done >= at:
        die()

if moment == "putting in place":
    index.generations.make_current = die
elif moment == "clearing up":
    index.generation_writing.remove_old = die
build_index(notes, data, WordEmbedder(), progress=progress)
"""
MOMENTS = [
    ("reading", 2),
    ("embedding chunks", 8),
    ("embedding passages", 8),
    ("indexing terms", 20),
    ("putting in place", 0),
    ("clearing up", 0),
]


def many_pages(folder: Path, word: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(12):
        text = f"# Page {number}\n\nHere is {word} {number}. It has two sentences of {number}.\n"
        (folder / f"p{number:02}.md").write_text(text, encoding="utf-8")


def killed(notes: Path, data: Path, moment: str, at: int) -> None:
    command = [sys.executable, "-c", BUILD_AND_DIE, str(notes), str(data), moment, str(at)]
    process = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()


def first_sentence(data: Path) -> str:
    index = open_index(data)
    try:
        return index.passages([0])[0][1].text
    finally:
        index.close()


@pytest.mark.parametrize(("moment", "at"), MOMENTS, ids=[moment for moment, _ in MOMENTS])
def test_build_killed_at_any_moment_leaves_an_index_and_is_gone_on_with(
    tmp_path: Path, moment: str, at: int, embedder: WordEmbedder
) -> None:
    notes, data = tmp_path / "notes", tmp_path / "data"
    many_pages(notes, "tea")
    before = build_index(notes, data, embedder)
    many_pages(notes, "coffee")
    killed(notes, data, moment, at)
    assert first_sentence(data) == ("Here is coffee 0." if moment == "clearing up" else "Here is tea 0.")
    embedder.encoded = []
    report = build_index(notes, data, embedder)
    assert first_sentence(data) == "Here is coffee 0."
    # A part of four is told of before it is kept, so it is the one that was lost.
    made_before = {"reading": 0, "embedding chunks": 4, "embedding passages": 12 + 4}.get(moment, 36)
    assert report.encoded == 36 - made_before
    assert (report.chunks, report.passages) == (before.chunks, before.passages)


def test_vector_that_was_cut_off_or_never_reached_the_disk_is_made_again(tmp_path: Path, data: Path) -> None:
    notes = tmp_path / "notes"
    many_pages(notes, "tea")
    killed(notes, data, "embedding chunks", 12)
    (vectors,) = data.glob("vectors/*/chunks.vectors")
    (keys,) = data.glob("vectors/*/chunks.keys")
    width = WordEmbedder.dimension * 4
    assert (keys.stat().st_size, vectors.stat().st_size) == (8 * 16, 8 * width)
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[: 6 * width] + bytes(width) + whole[7 * width : -3])
    assert VectorLog(vectors.parent, "chunks", WordEmbedder.dimension).count == 6
    report = build_index(notes, data, WordEmbedder())
    assert report.encoded == report.chunks + report.passages - 6


def test_log_that_lost_vectors_in_use_is_refused(tmp_path: Path, data: Path) -> None:
    notes = tmp_path / "notes"
    many_pages(notes, "tea")
    build_index(notes, data, WordEmbedder())
    (keys,) = data.glob("vectors/*/chunks.keys")
    keys.write_bytes(keys.read_bytes()[:-1])
    with pytest.raises(ValueError, match="holds 11 vectors of chunks, but 12 are in use"):
        VectorLog(keys.parent, "chunks", WordEmbedder.dimension, 12)


def test_draft_of_a_broken_file_is_begun_anew(tmp_path: Path, data: Path) -> None:
    notes = tmp_path / "notes"
    many_pages(notes, "tea")
    killed(notes, data, "embedding passages", 8)
    draft = data / "draft/notes.sqlite"
    draft.write_bytes(draft.read_bytes()[:5000])
    report = build_index(notes, data, WordEmbedder())
    assert (report.read, report.pages) == (12, 12)
    assert first_sentence(data) == "Here is tea 0."

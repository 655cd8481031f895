"""Bring the index up to date with the notes: read what changed, embed what is new, write aside, put in place.

Pages whose digest is unchanged are not read again, texts whose vectors are there are not encoded again. One process
builds at a time; readers are never disturbed, and a build that fails or is interrupted leaves the index as it was: the
next one goes on from what it had read and embedded.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from corpus.document import ReadWarning
from corpus.sources import DEFAULT_MAX_PAGE_BYTES, Corpus, Notes, scan_notes
from index.analysis import ANALYSIS_VERSION
from index.database import Database
from index.draft import TEXTS
from index.embedder import Embedder
from index.errors import IndexNotWritten
from index.generation_writing import Order, Progress, Written, write_generation
from index.generations import current_whole
from index.inputs import VECTORS_VERSION
from index.lock import only_builder
from index.manifest import FORMAT_VERSION
from index.reader import reader_version


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `encoded` and `reused` count vectors of chunks and passages, `read` the pages read anew."""

    version: str
    pages: int
    chunks: int
    passages: int
    examples: int
    read: int
    encoded: int
    reused: int
    seconds: float
    changed: bool
    """False when the index was up to date and nothing was written."""
    warnings: tuple[ReadWarning, ...]
    """What was odd about the notes as they are now, whichever build read them."""


def build_index(
    notes_folder: Path,
    data_folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES,
) -> BuildReport:
    """Bring the index up to date with the notes. Raises CorpusError, IndexBusy or IndexNotWritten."""
    notes = scan_notes(notes_folder, max_page_bytes=max_page_bytes)
    return _index_notes(notes, data_folder, embedder, progress)


def index_corpus(
    corpus: Corpus, data_folder: Path, embedder: Embedder, *, progress: Progress | None = None
) -> BuildReport:
    """Bring the index up to date with pages that are in memory."""
    return _index_notes(corpus.notes(), data_folder, embedder, progress)


def _index_notes(notes: Notes, data_folder: Path, embedder: Embedder, progress: Progress | None) -> BuildReport:
    started = time.monotonic()
    with only_builder(data_folder):
        version = _version(notes, embedder)
        current = current_whole(data_folder)
        try:
            if current is not None and current.manifest.version == version:
                unchanged = Written(current.folder, current.manifest, read=0, encoded=0)
                return _report(unchanged, notes, time.monotonic() - started, changed=False)
            order = Order(notes, version, data_folder, embedder, current)
            written = write_generation(order, progress or _tell_nobody)
            return _report(written, notes, time.monotonic() - started, changed=True)
        except (OSError, sqlite3.Error) as error:
            raise IndexNotWritten(data_folder, getattr(error, "strerror", None) or str(error)) from error


def _version(notes: Notes, embedder: Embedder) -> str:
    code = (reader_version(), FORMAT_VERSION, ANALYSIS_VERSION, VECTORS_VERSION)
    return hashlib.sha256(":".join(map(str, (notes.fingerprint, embedder.model, *code))).encode()).hexdigest()[:16]


def _report(written: Written, notes: Notes, seconds: float, *, changed: bool) -> BuildReport:
    manifest = written.manifest
    return BuildReport(
        version=manifest.version,
        pages=manifest.pages,
        chunks=manifest.chunks,
        passages=manifest.passages,
        examples=manifest.examples,
        read=written.read,
        encoded=written.encoded,
        reused=manifest.chunks + manifest.passages - written.encoded,
        seconds=seconds,
        changed=changed,
        warnings=notes.warnings + _page_warnings(written.folder),
    )


def _page_warnings(generation: Path) -> tuple[ReadWarning, ...]:
    """Return what was odd about the pages of a generation, also about those that this build did not read."""
    texts = Database(generation / TEXTS)
    try:
        return texts.warnings()
    finally:
        texts.close()


def _tell_nobody(stage: str, done: int, total: int) -> None:
    pass

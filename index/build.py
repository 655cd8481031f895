"""Build a generation of the index from a notes folder: read, embed what is new, write aside, put in place.

Chunks whose text is unchanged keep their vectors from the generation before. One process builds at a time; readers are
never disturbed, and a build that fails or is interrupted leaves the index as it was.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.chunks import CHUNKER_VERSION
from corpus.document import Chunk, Document, Passage, ReadWarning
from corpus.links import count_links
from corpus.passages import leans_on_context
from corpus.reading import read_document
from corpus.sources import DEFAULT_MAX_PAGE_BYTES, Corpus, read_corpus
from index.analysis import ANALYSIS_VERSION, terms
from index.chunk_vectors import encode_chunks
from index.database import write_database
from index.embedder import Embedder, Vectors
from index.errors import IndexBusy, IndexFault, IndexNotWritten
from index.lexical import LexicalIndex
from index.manifest import FORMAT_VERSION, Manifest, current_generation, make_current, read_manifest
from index.store import open_index

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is."""
_KEY_BYTES = 16
_KEPT_GENERATIONS = 2
_FEW_CHUNKS = 10
_USUAL_SIMILARITY = 0.25


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `encoded` and `reused` count vectors of chunks and passages."""

    version: str
    pages: int
    chunks: int
    passages: int
    examples: int
    encoded: int
    reused: int
    seconds: float
    changed: bool
    """False when the index was up to date and nothing was written."""
    warnings: tuple[ReadWarning, ...]


def build_index(
    notes_folder: Path,
    data_folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES,
) -> BuildReport:
    """Bring the index up to date with the notes. Raises CorpusError, IndexBusy or IndexNotWritten."""
    corpus = read_corpus(notes_folder, max_page_bytes=max_page_bytes)
    return index_corpus(corpus, data_folder, embedder, progress=progress)


def index_corpus(
    corpus: Corpus, data_folder: Path, embedder: Embedder, *, progress: Progress | None = None
) -> BuildReport:
    """Bring the index up to date with pages that are in memory."""
    started = time.monotonic()
    report = progress or (lambda stage, done, total: None)
    with _only_builder(data_folder):
        version = _version(corpus, embedder)
        current = _current_manifest(data_folder)
        if current is not None and current.version == version and _is_whole(data_folder):
            return _report(current, corpus, 0, current.chunks + current.passages, started, changed=False)
        documents = list(_read(corpus, report))
        try:
            manifest, encoded = _write_generation(corpus, documents, data_folder, embedder, version, report)
        except (OSError, sqlite3.Error) as error:
            raise IndexNotWritten(data_folder, getattr(error, "strerror", None) or str(error)) from error
    warnings = corpus.warnings + tuple(warning for document in documents for warning in document.warnings)
    whole = Corpus(corpus.pages, warnings, corpus.fingerprint)
    return _report(manifest, whole, encoded, manifest.chunks + manifest.passages - encoded, started, changed=True)


def chunk_input(chunk: Chunk) -> str:
    """Return the text that a chunk's vector is made of: its breadcrumb, then its words."""
    return " > ".join(chunk.headings) + "\n" + chunk.plain.replace("`", "")


def passage_inputs(passages: Sequence[Passage]) -> list[str]:
    """Return the texts that passages' vectors are made of.

    One that points back ("It returns …") with the sentence before it.
    """
    inputs = []
    previous: Passage | None = None
    for passage in passages:
        follows = previous is not None and previous.chunk == passage.chunk and leans_on_context(passage.text)
        text = f"{previous.text} {passage.text}" if previous is not None and follows else passage.text
        inputs.append(text.replace("`", ""))
        previous = passage
    return inputs


def _report(
    manifest: Manifest, corpus: Corpus, encoded: int, reused: int, started: float, *, changed: bool
) -> BuildReport:
    counts = (manifest.pages, manifest.chunks, manifest.passages, manifest.examples)
    return BuildReport(manifest.version, *counts, encoded, reused, time.monotonic() - started, changed, corpus.warnings)


def _version(corpus: Corpus, embedder: Embedder) -> str:
    parts = (corpus.fingerprint, embedder.model, FORMAT_VERSION, CHUNKER_VERSION, ANALYSIS_VERSION)
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()[:16]


def _current_manifest(data_folder: Path) -> Manifest | None:
    try:
        return read_manifest(current_generation(data_folder))
    except IndexFault:
        return None


def _is_whole(data_folder: Path) -> bool:
    """Tell whether the current generation can be opened: an index that lost a file is built anew."""
    try:
        open_index(data_folder).close()
    except IndexFault:
        return False
    return True


@contextmanager
def _only_builder(data_folder: Path) -> Iterator[None]:
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        lock = (data_folder / ".lock").open("w")
    except OSError as error:
        raise IndexNotWritten(data_folder, error.strerror or str(error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusy(data_folder) from error
        except OSError as error:
            raise IndexNotWritten(data_folder, error.strerror or str(error)) from error
        yield


def _read(corpus: Corpus, report: Progress) -> Iterator[Document]:
    for done, page in enumerate(corpus.pages, start=1):
        yield read_document(page)
        report("reading", done, len(corpus.pages))


def _write_generation(
    corpus: Corpus, documents: Sequence[Document], data_folder: Path, embedder: Embedder, version: str, report: Progress
) -> tuple[Manifest, int]:
    """Write everything into a folder aside, then rename it; returns the manifest and how many vectors were made."""
    generations = data_folder / "generations"
    generations.mkdir(exist_ok=True)
    _remove_leftovers(generations)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=generations))
    try:
        chunks = [chunk for document in documents for chunk in document.chunks]
        passages = [text for document in documents for text in passage_inputs(document.passages)]
        encoded = _write_vectors(
            aside, data_folder, "chunk", [chunk_input(chunk) for chunk in chunks], embedder, report
        )
        encoded += _write_vectors(aside, data_folder, "passage", passages, embedder, report)
        pages = np.repeat(np.arange(len(documents), dtype=np.int32), [len(document.chunks) for document in documents])
        np.save(aside / "chunk_pages.npy", pages)
        np.save(aside / "passage_starts.npy", _passage_starts(documents))
        np.save(aside / "page_links.npy", np.asarray(count_links(documents), dtype=np.int32))
        _write_terms(aside, documents, report)
        write_database(aside / "notes.sqlite", documents)
        alike = mean_similarity(np.load(aside / "chunk_vectors.npy", mmap_mode="r"))
        manifest = _manifest(corpus, documents, embedder, version, alike)
        manifest.write(aside)
        place = generations / f"{version}-{int(time.time() * 1000):x}"
        aside.replace(place)
        _put_in_place(data_folder, place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _remove_old(generations, place)
    return manifest, encoded


def _put_in_place(data_folder: Path, place: Path) -> None:
    try:
        make_current(data_folder, place)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def mean_similarity(vectors: Vectors) -> float:
    """Return the mean cosine over all pairs of different chunks; few chunks are drawn to what is usual for notes."""
    count = len(vectors)
    if count < 2:
        return _USUAL_SIMILARITY
    pairs = float(np.square(vectors.sum(axis=0, dtype=np.float64)).sum()) - count
    mean = pairs / (count * (count - 1))
    return (count * mean + _FEW_CHUNKS * _USUAL_SIMILARITY) / (count + _FEW_CHUNKS)


def _manifest(
    corpus: Corpus, documents: Sequence[Document], embedder: Embedder, version: str, similarity: float
) -> Manifest:
    return Manifest(
        version=version,
        model=embedder.model,
        dimension=embedder.dimension,
        format_version=FORMAT_VERSION,
        chunker_version=CHUNKER_VERSION,
        analysis_version=ANALYSIS_VERSION,
        corpus_fingerprint=corpus.fingerprint,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        pages=len(documents),
        chunks=sum(len(document.chunks) for document in documents),
        passages=sum(len(document.passages) for document in documents),
        examples=sum(len(document.examples) for document in documents),
        mean_similarity=similarity,
    )


def _write_vectors(
    aside: Path, data_folder: Path, kind: str, texts: Sequence[str], embedder: Embedder, report: Progress
) -> int:
    """Write `<kind>_vectors.npy` and the keys by which the next build finds them; returns how many were newly made."""
    keys = _keys(texts)
    vectors = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
    missing = _reuse(data_folder, kind, keys, vectors, embedder)
    if missing:
        stage = f"embedding {kind}s"
        encode = partial(encode_chunks, embedder) if kind == "chunk" else embedder.encode_passages
        vectors[missing] = encode([texts[row] for row in missing], lambda done: report(stage, done, len(missing)))
    np.save(aside / f"{kind}_vectors.npy", vectors)
    np.save(aside / f"{kind}_keys.npy", keys)
    return len(missing)


def _keys(texts: Sequence[str]) -> NDArray[np.void]:
    digests = b"".join(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES] for text in texts)
    return np.frombuffer(digests, dtype=f"V{_KEY_BYTES}")


def _reuse(data_folder: Path, kind: str, keys: NDArray[np.void], vectors: Vectors, embedder: Embedder) -> list[int]:
    """Copy vectors of unchanged texts from the current generation; returns the rows that are still empty."""
    try:
        generation = current_generation(data_folder)
        manifest = read_manifest(generation)
        if (manifest.model, manifest.format_version) != (embedder.model, FORMAT_VERSION):
            return list(range(len(keys)))
        old_vectors = np.load(generation / f"{kind}_vectors.npy", mmap_mode="r")
        old_keys = np.load(generation / f"{kind}_keys.npy")
    except (IndexFault, OSError, ValueError):
        return list(range(len(keys)))
    if old_vectors.shape[1:] != vectors.shape[1:]:
        return list(range(len(keys)))
    known = {key.tobytes(): row for row, key in enumerate(old_keys)}
    places = [known.get(key.tobytes(), -1) for key in keys]
    kept = [row for row, place in enumerate(places) if place >= 0]
    vectors[kept] = old_vectors[[places[row] for row in kept]]
    return [row for row, place in enumerate(places) if place < 0]


def _passage_starts(documents: Sequence[Document]) -> NDArray[np.int32]:
    """Return where each chunk's passages begin, with the end of the last; they stand in the order of their chunks."""
    counts = [0]
    for document in documents:
        per_chunk = np.bincount([passage.chunk for passage in document.passages], minlength=len(document.chunks))
        counts.extend(int(count) for count in per_chunk[: len(document.chunks)])
    return np.cumsum(counts, dtype=np.int32)


def _write_terms(aside: Path, documents: Sequence[Document], report: Progress) -> None:
    report("indexing terms", 0, len(documents))
    LexicalIndex.build(
        aside / "chunk_terms", (_chunk_terms(chunk) for document in documents for chunk in document.chunks)
    )
    LexicalIndex.build(aside / "page_terms", (_page_terms(document) for document in documents))
    report("indexing terms", len(documents), len(documents))


def _chunk_terms(chunk: Chunk) -> list[str]:
    """Headings and words in one field: in a field of their own, short headings outweigh what a chunk says."""
    return terms(" ".join(chunk.headings)) + terms(chunk.plain)


def _page_terms(document: Document) -> list[str]:
    headings = {heading: None for section in document.sections for heading in section.headings}
    return terms("\n".join([document.page.title, *headings, *(chunk.plain for chunk in document.chunks)]))


def _remove_leftovers(generations: Path) -> None:
    """Clear what an interrupted build left; only the holder of the lock gets here."""
    for folder in generations.glob(".building-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _remove_old(generations: Path, current: Path) -> None:
    """Keep the current generation and the one before, which a server may still be reading."""
    others = sorted(
        (folder for folder in generations.iterdir() if not folder.name.startswith(".") and folder != current),
        key=lambda folder: folder.stat().st_mtime,
    )
    for folder in others[: -(_KEPT_GENERATIONS - 1)]:
        shutil.rmtree(folder, ignore_errors=True)

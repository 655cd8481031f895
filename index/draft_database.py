"""Writes a generation's SQLite file, page by page; what it has committed outlives a killed build.

A page is read anew when its digest differs from the one that is stored, and only then.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Document, Passage
from corpus.links import link_keys
from index.database import PLACE_BITS, SCHEMA, chunk_of
from index.inputs import chunk_input, page_headings, page_terms, passage_inputs
from index.inputs import chunk_terms as terms_of_chunk
from index.keys import Keys, as_keys, keys_of
from index.vector_store import CHUNKS


class DraftDatabase:
    """The file in the making. Raises sqlite3.Error when it is not one of ours, or can't be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA synchronous=NORMAL")
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'reading_order'").fetchone():
            self._connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")

    def stored(self) -> dict[str, tuple[int, str]]:
        """Return the body and the digest of every page by path."""
        rows = self._connection.execute("SELECT path, body, digest FROM pages")
        return {path: (body, digest) for path, body, digest in rows}

    def add(self, digest: str, document: Document) -> int:
        """Add a page and all that was read off it; returns its body."""
        page = document.page
        lists = (page.groups, page_headings(document), link_keys(page.path, document.links))
        warnings = json.dumps([asdict(warning) for warning in document.warnings])
        values = (page.path, digest, page.title, page.description, *map(json.dumps, lists), warnings)
        body = self._connection.execute(
            "INSERT INTO pages(path, digest, title, description, groups, headings, links, warnings)"
            " VALUES(?,?,?,?,?,?,?,?)",
            values,
        ).lastrowid
        if body is None:
            raise sqlite3.DatabaseError("a page was given no number")
        self._connection.execute("INSERT INTO page_texts VALUES(?,?)", (body, page.text))
        self._add_parts(body << PLACE_BITS, document)
        self._add_keys(body, document)
        return body

    def remove(self, body: int) -> None:
        """Remove a page and all that was read off it."""
        for table in ("pages", "page_texts", "page_keys", "reading_order"):
            self._connection.execute(f"DELETE FROM {table} WHERE body = ?", (body,))
        for table in ("chunks", "passages", "examples"):
            self._connection.execute(f"DELETE FROM {table} WHERE place BETWEEN ? AND ?", _places_of(body))

    def set_reading_order(self, bodies: Sequence[int]) -> None:
        """Number the pages in the order in which they are read."""
        self._connection.execute("DELETE FROM reading_order")
        self._connection.executemany("INSERT INTO reading_order VALUES(?,?)", enumerate(bodies))

    def keys(self) -> Iterator[tuple[int, Keys, Keys, NDArray[np.int32]]]:
        """Yield for each page, in order: body, keys of its chunks and of its passages, passages of each chunk."""
        rows = self._connection.execute(
            "SELECT body, chunks, passages, passage_counts FROM page_keys JOIN reading_order USING(body) ORDER BY row"
        )
        for body, chunks, passages, counts in rows:
            yield body, as_keys(chunks), as_keys(passages), np.frombuffer(counts, dtype=np.int32)

    def inputs(self, kind: str, body: int) -> list[str]:
        """Return the texts that the vectors of a page's chunks or passages are made of."""
        if kind == CHUNKS:
            return [chunk_input(chunk) for chunk in self._chunks(body)]
        rows = self._connection.execute(
            "SELECT chunk, '', start_line, end_line, text, kind FROM passages WHERE place BETWEEN ? AND ?"
            " ORDER BY place",
            _places_of(body),
        )
        return passage_inputs([Passage(*row) for row in rows])

    def chunk_terms(self, body: int) -> list[tuple[int, list[str]]]:
        """Return (place, terms) of each of a page's chunks."""
        return [(body << PLACE_BITS | number, terms_of_chunk(chunk)) for number, chunk in enumerate(self._chunks(body))]

    def page_terms(self, body: int) -> list[tuple[int, list[str]]]:
        """Return (place, terms) of a page as a whole."""
        title, headings = self._connection.execute(
            "SELECT title, headings FROM pages WHERE body = ?", (body,)
        ).fetchone()
        return [(body << PLACE_BITS, page_terms(title, json.loads(headings), self._chunks(body)))]

    def links(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each page's path and what it links to, in order."""
        rows = self._connection.execute("SELECT path, links FROM pages JOIN reading_order USING(body) ORDER BY row")
        return ((path, json.loads(links)) for path, links in rows)

    def example_count(self) -> int:
        """Return the number of examples."""
        return int(self._connection.execute("SELECT count(*) FROM examples").fetchone()[0])

    def commit(self) -> None:
        """Keep what was written so far, whatever becomes of this build."""
        self._connection.commit()

    def finish(self) -> None:
        """Commit, give room back when a quarter of the file holds nothing, close, and see that it is on the disk."""
        self._connection.commit()
        (free,), (pages,) = (
            self._connection.execute(f"PRAGMA {count}").fetchone() for count in ("freelist_count", "page_count")
        )
        if free > pages // 4:
            self._connection.execute("VACUUM")
        self._connection.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Close without keeping what was not committed."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _add_parts(self, first_place: int, document: Document) -> None:
        self._connection.executemany(
            "INSERT INTO chunks VALUES(?,?,?,?,?,?,?,?)",
            [
                (first_place | i, c.id, json.dumps(c.headings), c.anchor, c.start_line, c.end_line, c.text, c.plain)
                for i, c in enumerate(document.chunks)
            ],
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES(?,?,?,?,?,?)",
            [
                (first_place | i, first_place | p.chunk, p.start_line, p.end_line, p.text, p.kind)
                for i, p in enumerate(document.passages)
            ],
        )
        self._connection.executemany(
            "INSERT INTO examples VALUES(?,?,?)",
            [(first_place | i, example.id, json.dumps(asdict(example))) for i, example in enumerate(document.examples)],
        )

    def _add_keys(self, body: int, document: Document) -> None:
        chunks = keys_of(chunk_input(chunk) for chunk in document.chunks)
        passages = keys_of(passage_inputs(document.passages))
        counts = np.bincount([passage.chunk for passage in document.passages], minlength=len(document.chunks))
        self._connection.execute(
            "INSERT INTO page_keys VALUES(?,?,?,?)",
            (body, chunks.tobytes(), passages.tobytes(), counts.astype(np.int32).tobytes()),
        )

    def _chunks(self, body: int) -> list[Chunk]:
        rows = self._connection.execute(
            "SELECT '', headings, anchor, start_line, end_line, text, plain, id FROM chunks"
            " WHERE place BETWEEN ? AND ? ORDER BY place",
            _places_of(body),
        )
        return [chunk_of(row) for row in rows]


def _places_of(body: int) -> tuple[int, int]:
    return body << PLACE_BITS, (body << PLACE_BITS) + (1 << PLACE_BITS) - 1

"""The texts and places of a generation, in one SQLite file: pages, chunks, passages and examples.

Search works on arrays and never reads this file; only what is shown is fetched from it. A page's content stands under a
number that it keeps from one generation to the next (its body), so that a page that changes, comes or goes touches no
other page's rows; only the reading order is numbered anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import quote

from corpus.document import Chunk, Example, ExpectedOutput, Page, Passage, ReadWarning

PLACE_BITS = 24
"""A place is a body's number times 2**24, plus the position in the page."""
_CONNECTIONS = 4
SCHEMA = """
CREATE TABLE pages(body INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE, digest TEXT, title TEXT, description TEXT,
                   groups TEXT, headings TEXT, links TEXT, warnings TEXT);
CREATE TABLE page_texts(body INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE page_keys(body INTEGER PRIMARY KEY, chunks BLOB, passages BLOB, passage_counts BLOB);
CREATE TABLE reading_order(row INTEGER PRIMARY KEY, body INTEGER UNIQUE);
CREATE TABLE chunks(place INTEGER PRIMARY KEY, id TEXT, headings TEXT, anchor TEXT, start_line INTEGER,
                    end_line INTEGER, text TEXT, plain TEXT);
CREATE TABLE passages(place INTEGER PRIMARY KEY, chunk INTEGER, start_line INTEGER, end_line INTEGER, text TEXT,
                      kind TEXT);
CREATE TABLE examples(place INTEGER PRIMARY KEY, id TEXT, fields TEXT);
CREATE INDEX passages_chunk ON passages(chunk);
CREATE INDEX examples_id ON examples(id);
"""
_CHUNKS = f"""SELECT c.place, p.path, c.headings, c.anchor, c.start_line, c.end_line, c.text, c.plain, c.id
              FROM chunks c JOIN pages p ON p.body = c.place >> {PLACE_BITS}"""
_EXAMPLES = f"""SELECT e.fields FROM examples e JOIN reading_order o ON o.body = e.place >> {PLACE_BITS}"""


class Database:
    """Reads a generation's file from any thread; the file never changes.

    All connections are opened at once, so that it goes on reading when the file is removed after a later build.
    """

    def __init__(self, path: Path) -> None:
        uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        self._closed = False
        self._connections: LifoQueue[sqlite3.Connection | None] = LifoQueue()
        for _ in range(_CONNECTIONS):
            self._connections.put(sqlite3.connect(uri, uri=True, check_same_thread=False))

    def pages(self) -> list[Page]:
        """Return every page without its text, in reading order."""
        rows = self._all(
            "SELECT path, title, description, groups, row FROM pages JOIN reading_order USING(body) ORDER BY row"
        )
        return [
            Page(path, title, "", description, order, tuple(json.loads(groups)))
            for path, title, description, groups, order in rows
        ]

    def page(self, path: str) -> Page | None:
        """Return one page with its text."""
        rows = self._all(
            "SELECT path, title, text, description, o.row, groups FROM pages JOIN page_texts USING(body)"
            " JOIN reading_order o USING(body) WHERE path = ?",
            (path,),
        )
        if not rows:
            return None
        title, text, description, order, groups = rows[0][1:]
        return Page(path, title, text, description, order, tuple(json.loads(groups)))

    def page_lengths(self) -> list[int]:
        """Return the characters of every page, in reading order."""
        query = "SELECT length(text) FROM page_texts JOIN reading_order USING(body) ORDER BY row"
        return [length for (length,) in self._all(query)]

    def chunks(self, places: Sequence[int]) -> list[Chunk]:
        """Return chunks by place, in the order asked for."""
        found = self._all(f"{_CHUNKS} WHERE c.place IN ({_marks(places)})", tuple(places))
        by_place = {place: chunk_of(fields) for place, *fields in found}
        return [by_place[place] for place in places]

    def passages(self, chunk_places: Sequence[int]) -> list[tuple[int, Passage]]:
        """Return (place, passage) of the given chunks, a page's in order; a passage's `chunk` is the chunk's place."""
        found = self._all(
            "SELECT s.place, s.chunk, p.path, s.start_line, s.end_line, s.text, s.kind FROM passages s"
            f" JOIN pages p ON p.body = s.place >> {PLACE_BITS}"
            f" WHERE s.chunk IN ({_marks(chunk_places)}) ORDER BY s.place",
            tuple(chunk_places),
        )
        return [(place, Passage(*rest)) for place, *rest in found]

    def example(self, identifier: str) -> Example | None:
        """Return an example by its id."""
        rows = self._all(f"{_EXAMPLES} WHERE e.id = ? ORDER BY o.row, e.place LIMIT 1", (identifier,))
        return _example(rows[0][0]) if rows else None

    def examples(self, path: str | None = None) -> list[Example]:
        """Return all examples, or one page's, in reading order."""
        if path is None:
            return [_example(fields) for (fields,) in self._all(f"{_EXAMPLES} ORDER BY o.row, e.place")]
        query = f"{_EXAMPLES} JOIN pages p ON p.body = o.body WHERE p.path = ? ORDER BY e.place"
        return [_example(fields) for (fields,) in self._all(query, (path,))]

    def example_rows(self) -> list[tuple[str, str, bytes]]:
        """Return (path, id, digest of all that was read off it) of every example, in reading order."""
        query = f"""SELECT p.path, e.id, e.fields FROM examples e JOIN pages p ON p.body = e.place >> {PLACE_BITS}
                    JOIN reading_order o ON o.body = p.body ORDER BY o.row, e.place"""
        with self._connection() as connection:
            return [
                (path, identifier, hashlib.sha256(fields.encode()).digest())
                for path, identifier, fields in connection.execute(query)
            ]

    def warnings(self) -> tuple[ReadWarning, ...]:
        """Return what was odd about the pages when they were read, in reading order."""
        query = "SELECT warnings FROM pages JOIN reading_order USING(body) WHERE warnings != '[]' ORDER BY row"
        return tuple(ReadWarning(**fields) for (warnings,) in self._all(query) for fields in json.loads(warnings))

    def close(self) -> None:
        """Close all connections, those in use when their reader is done; who reads later gets a ProgrammingError."""
        self._closed = True
        with suppress(Empty):
            while connection := self._connections.get_nowait():
                connection.close()
        self._connections.put(None)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._connections.get()
        if connection is None:
            self._connections.put(None)
            raise sqlite3.ProgrammingError("the index is closed")
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._connections.put(connection)


def _marks(values: Sequence[int]) -> str:
    """Return a question mark for each value, so that values never become part of a statement's text."""
    return ",".join("?" * len(values))


def chunk_of(fields: Sequence[Any]) -> Chunk:
    """Make a chunk of its columns."""
    path, headings, *rest = fields
    return Chunk(path, tuple(json.loads(headings)), *rest)


def _example(stored: str) -> Example:
    fields = json.loads(stored)
    expected = fields.pop("expected")
    fields["headings"] = tuple(fields["headings"])
    return Example(**fields, expected=ExpectedOutput(**expected) if expected else None)

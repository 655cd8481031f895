"""The texts and places of a generation, in one SQLite file: pages, chunks, passages and examples.

Search works on arrays and never reads this file; only what is shown is fetched from it. Rows are numbered as the
vectors are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import quote

from corpus.document import Chunk, Document, Example, ExpectedOutput, Page, Passage

_CONNECTIONS = 4
_SCHEMA = """
CREATE TABLE pages(row INTEGER PRIMARY KEY, path TEXT UNIQUE, title TEXT, description TEXT, groups TEXT, text TEXT);
CREATE TABLE chunks(row INTEGER PRIMARY KEY, id TEXT, page INTEGER, headings TEXT, anchor TEXT, start_line INTEGER,
                    end_line INTEGER, text TEXT, plain TEXT);
CREATE TABLE passages(row INTEGER PRIMARY KEY, chunk INTEGER, start_line INTEGER, end_line INTEGER, text TEXT,
                      kind TEXT);
CREATE TABLE examples(row INTEGER PRIMARY KEY, id TEXT, page INTEGER, body TEXT);
CREATE INDEX chunks_page ON chunks(page);
CREATE INDEX passages_chunk ON passages(chunk);
CREATE INDEX examples_id ON examples(id);
CREATE INDEX examples_page ON examples(page);
"""


def write_database(path: Path, documents: Iterable[Document]) -> None:
    """Write all documents, in order, into a new file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        chunk_row = 0
        for page_row, document in enumerate(documents):
            _insert(connection, page_row, chunk_row, document)
            chunk_row += len(document.chunks)


def _insert(connection: sqlite3.Connection, page_row: int, chunk_row: int, document: Document) -> None:
    page = document.page
    values = (page_row, page.path, page.title, page.description, json.dumps(page.groups), page.text)
    connection.execute("INSERT INTO pages VALUES(?,?,?,?,?,?)", values)
    connection.executemany(
        "INSERT INTO chunks VALUES(?,?,?,?,?,?,?,?,?)",
        [
            (chunk_row + i, c.id, page_row, json.dumps(c.headings), c.anchor, c.start_line, c.end_line, c.text, c.plain)
            for i, c in enumerate(document.chunks)
        ],
    )
    connection.executemany(
        "INSERT INTO passages(chunk, start_line, end_line, text, kind) VALUES(?,?,?,?,?)",
        [(chunk_row + p.chunk, p.start_line, p.end_line, p.text, p.kind) for p in document.passages],
    )
    connection.executemany(
        "INSERT INTO examples(id, page, body) VALUES(?,?,?)",
        [(example.id, page_row, json.dumps(asdict(example))) for example in document.examples],
    )


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
        rows = self._all("SELECT path, title, description, groups, row FROM pages ORDER BY row")
        return [
            Page(path, title, "", description, order, tuple(json.loads(groups)))
            for path, title, description, groups, order in rows
        ]

    def page(self, path: str) -> Page | None:
        """Return one page with its text."""
        rows = self._all("SELECT path, title, text, description, row, groups FROM pages WHERE path = ?", (path,))
        if not rows:
            return None
        title, text, description, order, groups = rows[0][1:]
        return Page(path, title, text, description, order, tuple(json.loads(groups)))

    def chunks(self, rows: Sequence[int]) -> list[Chunk]:
        """Return chunks by row number, in the order asked for."""
        found = self._all(
            "SELECT c.row, p.path, c.headings, c.anchor, c.start_line, c.end_line, c.text, c.plain, c.id"
            f" FROM chunks c JOIN pages p ON p.row = c.page WHERE c.row IN ({_marks(rows)})",
            tuple(map(int, rows)),
        )
        by_row = {row: Chunk(path, tuple(json.loads(headings)), *rest) for row, path, headings, *rest in found}
        return [by_row[int(row)] for row in rows]

    def passages(self, chunk_rows: Sequence[int]) -> list[tuple[int, Passage]]:
        """Return (passage row, passage) of the given chunks; a passage's `chunk` is the chunk's row."""
        found = self._all(
            "SELECT s.row, s.chunk, p.path, s.start_line, s.end_line, s.text, s.kind FROM passages s"
            " JOIN chunks c ON c.row = s.chunk JOIN pages p ON p.row = c.page"
            f" WHERE s.chunk IN ({_marks(chunk_rows)}) ORDER BY s.row",
            tuple(map(int, chunk_rows)),
        )
        # SQLite numbers passages from 1, vectors from 0.
        return [(row - 1, Passage(*rest)) for row, *rest in found]

    def example(self, identifier: str) -> Example | None:
        """Return an example by its id."""
        rows = self._all("SELECT body FROM examples WHERE id = ? LIMIT 1", (identifier,))
        return _example(rows[0][0]) if rows else None

    def examples(self, path: str | None = None) -> list[Example]:
        """Return all examples, or one page's, in reading order."""
        if path is None:
            return [_example(body) for (body,) in self._all("SELECT body FROM examples ORDER BY row")]
        query = "SELECT e.body FROM examples e JOIN pages p ON p.row = e.page WHERE p.path = ? ORDER BY e.row"
        return [_example(body) for (body,) in self._all(query, (path,))]

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


def _example(body: str) -> Example:
    fields = json.loads(body)
    expected = fields.pop("expected")
    fields["headings"] = tuple(fields["headings"])
    return Example(**fields, expected=ExpectedOutput(**expected) if expected else None)

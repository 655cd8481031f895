"""Questions and reported problems, kept in an SQLite file for those who write the notes.

Nothing about who asked is kept: no address, no name of a program. The log never fails and never delays an answer:
writing happens on a thread of its own, and whatever goes wrong with the file is told in the service's log alone.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from service.answers import Answer
from service.errors import ReportNotKept
from service.kept_file import open_kept_file
from service.printable import printable

log = logging.getLogger("askmd.questions")

Logged = Literal["none", "unanswered", "all"]
"""Which questions are kept."""

BACKLOG = 1_000
"""Entries that may wait to be written; further ones are dropped."""
MOST_ROWS = 50_000
"""Rows of a table; beyond it the oldest go first."""
PURGE_EVERY = 500
"""Entries after which old ones are looked for."""
PURGE_AFTER = timedelta(hours=1)
"""Time after which old ones are looked for, however few have come."""
_FORMAT = 1
_TABLES = {
    "questions": "question TEXT, goal TEXT, answered INTEGER, confidence REAL, sources TEXT, times INTEGER,"
    " first_at TEXT, last_at TEXT, index_version TEXT, PRIMARY KEY (question, goal)",
    "reports": "content TEXT, page TEXT, goal TEXT, last_at TEXT",
}
_NOTE = """
INSERT INTO questions VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)
ON CONFLICT (question, goal) DO UPDATE SET times = times + 1, answered = excluded.answered,
confidence = excluded.confidence, sources = excluded.sources, last_at = excluded.last_at,
index_version = excluded.index_version
"""
_UNANSWERED = """
SELECT question, goal, confidence, sources, times, first_at, last_at, index_version FROM questions
WHERE NOT answered ORDER BY times DESC, last_at DESC LIMIT ?
"""
_PURGES = tuple(
    (
        f"DELETE FROM {table} WHERE last_at < ?",  # noqa: S608  (the names are our own)
        f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY last_at DESC LIMIT -1 OFFSET ?)",  # noqa: S608
    )
    for table in _TABLES
)


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """A question that was asked and not answered."""

    question: str
    goal: str
    confidence: float
    sources: tuple[str, ...]
    """Addresses of the pages that were nearest."""
    times: int
    first_at: str
    """UTC, ISO 8601."""
    last_at: str
    index_version: str
    """Of the index that did not answer it."""


@dataclass(frozen=True, slots=True)
class Report:
    """A problem with the notes that somebody reported."""

    content: str
    page: str
    goal: str
    reported_at: str


def _now() -> datetime:
    return datetime.now(UTC)


class QuestionLog:
    """The log; safe for the threads of one process, while other processes read."""

    def __init__(
        self,
        connection: sqlite3.Connection | None,
        logged: Logged,
        retention: timedelta,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Keep entries in an open database for a while; without one nothing is kept."""
        self._connection = connection
        self._logged = logged
        self._retention = retention
        self._now = now
        self._room = threading.BoundedSemaphore(BACKLOG)
        self._entries = 0
        self._purge_at = now() + PURGE_AFTER
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="question-log")
        self._thread.submit(self._guarded, self._purge)

    @classmethod
    def open(cls, path: Path, logged: Logged, retention: timedelta, now: Callable[[], datetime] = _now) -> Self:
        """Open the log; the file can be read by its owner only."""
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return cls(open_kept_file(path, _TABLES, _FORMAT), logged, retention, now)

    def note(self, answer: Answer, index_version: str) -> None:
        """Note a question with its answer, as the setting says; returns at once.

        A question within one page or section is no gap of the notes, and is left out.
        """
        unasked = self._logged == "none" or answer.question.scope != "site"
        if unasked or not self._room.acquire(blocking=False):
            return

        def write() -> None:
            try:
                self._guarded(lambda: self._note(answer, index_version))
            finally:
                self._room.release()

        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(write)

    def report(self, content: str, page: str, goal: str) -> None:
        """Keep a reported problem. Raises ReportNotKept."""
        row = (printable(content), printable(page), printable(goal), self._stamp())

        def write() -> None:
            if self._connection is None:
                raise ReportNotKept
            with self._connection:
                self._connection.execute("INSERT INTO reports VALUES (?, ?, ?, ?)", row)
            self._count()

        try:
            self._thread.submit(write).result()
        except (sqlite3.Error, RuntimeError) as error:
            log.warning("A report cannot be kept: %s", error)
            raise ReportNotKept from error

    def unanswered(self, limit: int) -> tuple[LoggedQuestion, ...]:
        """Return the questions that were not answered, those asked most often first."""
        return tuple(
            LoggedQuestion(question, goal, confidence, tuple(json.loads(sources)), *rest)
            for question, goal, confidence, sources, *rest in self._read(_UNANSWERED, limit)
        )

    def reports(self, limit: int) -> tuple[Report, ...]:
        """Return the reported problems, the newest first."""
        rows = self._read("SELECT content, page, goal, last_at FROM reports ORDER BY rowid DESC LIMIT ?", limit)
        return tuple(Report(*row) for row in rows)

    def judge_again(self, question: LoggedQuestion, answered: bool, index_version: str) -> None:
        """Keep whether a newer index answers a question."""
        parameters = (answered, index_version, question.question, question.goal)
        statement = "UPDATE questions SET answered = ?, index_version = ? WHERE question = ? AND goal = ?"
        with suppress(RuntimeError):
            self._thread.submit(self._guarded, lambda: self._execute(statement, parameters))

    def purge_when_due(self) -> None:
        """Delete what has been kept for long enough; returns at once."""
        if self._now() >= self._purge_at:
            self._purge_at = self._now() + PURGE_AFTER
            with suppress(RuntimeError):  # closed meanwhile
                self._thread.submit(self._guarded, self._purge)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()

    def _note(self, answer: Answer, index_version: str) -> None:
        asked = answer.question
        if answer.answered and self._logged == "unanswered":
            # What was a gap is none any more.
            self._execute("DELETE FROM questions WHERE question = ?", (printable(asked.text),))
            return
        sources = json.dumps([source.url for source in answer.sources])
        at = self._stamp()
        row = (printable(asked.text), printable(asked.goal), answer.answered, answer.confidence)
        self._execute(_NOTE, (*row, sources, at, at, index_version))
        self._count()

    def _count(self) -> None:
        self._entries += 1
        if self._entries % PURGE_EVERY == 0:
            self._purge()

    def _purge(self) -> None:
        oldest = (self._now() - self._retention).isoformat(timespec="seconds")
        for delete_old, delete_beyond in _PURGES:
            self._execute(delete_old, (oldest,))
            self._execute(delete_beyond, (MOST_ROWS,))

    def _execute(self, statement: str, parameters: tuple[object, ...]) -> None:
        if self._connection is not None:
            with self._connection:
                self._connection.execute(statement, parameters)

    def _guarded(self, write: Callable[[], None]) -> None:
        try:
            write()
        except sqlite3.Error as error:
            log.warning("A question cannot be written to the log: %s", error)

    def _read(self, statement: str, limit: int) -> list[tuple[Any, ...]]:
        """Read after all that was noted before; nothing when the file can't be read."""
        self.purge_when_due()

        def read() -> list[tuple[Any, ...]]:
            return [] if self._connection is None else self._connection.execute(statement, (limit,)).fetchall()

        try:
            return self._thread.submit(read).result()
        except (sqlite3.Error, RuntimeError) as error:
            log.warning("The question log cannot be read: %s", error)
            return []

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="seconds")

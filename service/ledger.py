"""Results of runs, kept in an SQLite file so that a question costs no run and a restart loses nothing.

A result belongs to exactly one program, clock, set of limits and interpreter; when one of them changes, the result
is simply not found any more, and dropped when no example has stood on it for a while. The ledger is a cache: whatever
goes wrong with its file is logged, and never reaches an answer.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import sqlite3
import threading
from pathlib import Path
from typing import Any, Self

from service.kept_file import open_kept_file
from service.kept_standings import STANDING_TABLES, KeptStandings
from service.runs import Run
from service.sandbox import Clock, Limits, lanes_from

log = logging.getLogger("askmd.ledger")

_FORMAT = 3
"""Of the file and of the keys; results of another format are dropped."""
_TABLES = {
    "runs": "key TEXT PRIMARY KEY, status TEXT, verified_at TEXT, result TEXT",
    **STANDING_TABLES,
}


def run_key(program: str, language: str, clock: Clock, limits: Limits, interpreter: str) -> str:
    """Return the key of a run: a hash over all that its result depends on."""
    parts = [_FORMAT, program, language, clock, dataclasses.astuple(limits), interpreter]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Ledger:
    """Results by key. Safe for the threads of one process, and for one process that writes while others read."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        """Keep results in an open database; in memory only when there is none."""
        self._connection = connection
        self._memory: dict[str, Run] = {}
        self._lock = threading.Lock()
        self.standings = KeptStandings(connection, self._lock)
        """How examples stand by these results."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger, begin a new one where there is none, and move a damaged one aside."""
        return cls(open_kept_file(path, _TABLES, _FORMAT))

    def get(self, key: str) -> Run | None:
        """Return the result of a run, or None when it is not known."""
        with self._lock:
            if key in self._memory or self._connection is None:
                return self._memory.get(key)
            try:
                row = self._connection.execute("SELECT result FROM runs WHERE key = ?", (key,)).fetchone()
                return _run_from(json.loads(row[0])) if row else None
            except (sqlite3.DatabaseError, KeyError, TypeError, ValueError) as error:
                log.warning("A result cannot be read from the ledger: %s", error)
                return None

    def put(self, key: str, run: Run) -> None:
        """Keep the result of a run; in memory when it can't be written."""
        result = json.dumps(dataclasses.asdict(run))
        with self._lock:
            if self._connection is not None:
                try:
                    with self._connection:
                        self._connection.execute(
                            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)",
                            (key, run.status, run.verified_at, result),
                        )
                        self.standings.forget_on(key)
                    self._memory.pop(key, None)
                    return
                except sqlite3.DatabaseError as error:
                    log.warning("A result cannot be written to the ledger, it is kept in memory: %s", error)
            self._memory[key] = run

    def close(self) -> None:
        """Close the file; later calls work in memory."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = self.standings.connection = None


def _run_from(values: dict[str, Any]) -> Run:
    return Run(**{**values, "lanes": lanes_from(values["lanes"])})

"""Results of runs, kept in an SQLite file so that a question costs no run and a restart loses nothing.

A result belongs to exactly one program, clock, set of limits and interpreter; when one of them changes, the result
is simply not found any more. The ledger is a cache: whatever goes wrong with its file is logged, and never reaches
an answer.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from service.runs import Run
from service.sandbox import Clock, Limits

log = logging.getLogger("askmd.ledger")

_FORMAT = 1
"""Of the file and of the keys; results of another format are dropped."""
_BUSY_MILLISECONDS = 2_000
_TABLE = "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, status TEXT, verified_at TEXT, result TEXT)"


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

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger, begin a new one where there is none, and move a damaged one aside."""
        try:
            return cls(_connect(path))
        except sqlite3.OperationalError as error:
            log.warning("Results of examples are kept in memory only: %s: %s", path, error)
        except sqlite3.DatabaseError as error:
            aside = _move_aside(path)
            log.warning("The ledger %s is damaged (%s); it was moved to %s and a new one is begun.", path, error, aside)
            with suppress(sqlite3.DatabaseError):
                return cls(_connect(path))
        return cls(None)

    def get(self, key: str) -> Run | None:
        """Return the result of a run, or None when it is not known."""
        with self._lock:
            if key in self._memory or self._connection is None:
                return self._memory.get(key)
            try:
                row = self._connection.execute("SELECT result FROM runs WHERE key = ?", (key,)).fetchone()
                return Run(**json.loads(row[0])) if row else None
            except (sqlite3.DatabaseError, TypeError, ValueError) as error:
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
                self._connection = None


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from error
    connection = sqlite3.connect(path, timeout=_BUSY_MILLISECONDS / 1000, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(found)
        if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            connection.execute("DROP TABLE IF EXISTS runs")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute(_TABLE)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _move_aside(path: Path) -> Path:
    """Rename the file and what SQLite keeps beside it; return the new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside

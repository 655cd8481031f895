"""Open an SQLite file that the service can do without: a damaged one is moved aside, and one out of reach is told.

The ledger and the question log stand on it; neither may ever fail an answer.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("askmd.files")

_BUSY_MILLISECONDS = 2_000


def open_kept_file(path: Path, tables: dict[str, str], format_version: int) -> sqlite3.Connection | None:
    """Open the file, begin a new one where there is none, and move a damaged one aside; None when it is out of reach.

    `tables` are the names of its tables with their definitions; a file of another format loses its tables.
    """
    try:
        return _connect(path, tables, format_version)
    except sqlite3.OperationalError as error:
        log.warning("%s cannot be used, its content is kept in memory only or not at all: %s", path, error)
    except sqlite3.DatabaseError as error:
        aside = _move_aside(path)
        log.warning("%s is damaged (%s); it was moved to %s and a new one is begun.", path, error, aside)
        with suppress(sqlite3.DatabaseError):
            return _connect(path, tables, format_version)
    return None


def _connect(path: Path, tables: dict[str, str], format_version: int) -> sqlite3.Connection:
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
        if connection.execute("PRAGMA user_version").fetchone()[0] != format_version:
            for table in tables:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(f"PRAGMA user_version = {format_version}")
        for table, columns in tables.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
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

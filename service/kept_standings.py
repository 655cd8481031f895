"""How examples stand, kept beside the results that they stand on.

To say how an example stands takes putting it together anew, which is too slow for all examples of large notes at once.
A standing is dropped as soon as a result that it was read off changes, whichever process changes it. Results that no
example has stood on for a while are dropped: those of blocks that are gone or changed, and of other limits.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from service.standing import Standing

log = logging.getLogger("askmd.ledger")

KEPT_DAYS = 30
"""Examples may be gone for so long, as on another branch of the notes, and need no new run when they come back."""
STANDING_TABLES = {
    "standings": "key BLOB PRIMARY KEY, status TEXT, verdict TEXT, seen_on TEXT",
    "stood_on": "run TEXT, key BLOB, PRIMARY KEY(run, key)",
}
_FORGET = "DELETE FROM standings WHERE key IN (SELECT key FROM stood_on WHERE run = ?)"
_DROP_RUNS = "DELETE FROM runs WHERE verified_at < ? AND key NOT IN (SELECT run FROM stood_on)"


class KeptStandings:
    """Standings by key. Shares the ledger's connection and lock; nothing is kept where there is no file."""

    def __init__(self, connection: sqlite3.Connection | None, lock: threading.Lock) -> None:
        self.connection = connection
        self._lock = lock

    def all(self) -> dict[bytes, Standing]:
        """Return every standing that is kept."""
        with self._lock:
            if self.connection is None:
                return {}
            try:
                rows = self.connection.execute("SELECT key, status, verdict FROM standings").fetchall()
            except sqlite3.DatabaseError as error:
                log.warning("The ledger cannot be read: %s", error)
                return {}
        alike = {(status, verdict): Standing(status, verdict) for _, status, verdict in rows}  # few, for many keys
        return {key: alike[status, verdict] for key, status, verdict in rows}

    def keep(self, key: bytes, standing: Standing, results: Mapping[str, str | None]) -> None:
        """Keep how an example stands by `results`: the runs that were looked at, and when each was verified.

        Nothing is kept when one of them has changed meanwhile.
        """

        def write(connection: sqlite3.Connection) -> None:
            if all(_verified_at(connection, run) == at for run, at in results.items()):
                row = (key, standing.status, standing.verdict, _day(0))
                connection.execute("INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?)", row)
                rows = [(run, key) for run in results]
                connection.executemany("INSERT OR IGNORE INTO stood_on VALUES (?, ?)", rows)

        self._write(write)

    def forget_on(self, run: str) -> None:
        """Drop what stands on a result that changes; within the transaction that changes it."""
        if self.connection is not None:
            self.connection.execute(_FORGET, (run,))

    def drop_unused(self, used: Iterable[bytes]) -> None:
        """Take note of the standings of the current examples; drop those, and the results, not used for long."""

        def write(connection: sqlite3.Connection) -> None:
            today = [(_day(0), key, _day(0)) for key in used]
            connection.executemany("UPDATE standings SET seen_on = ? WHERE key = ? AND seen_on < ?", today)
            connection.execute("DELETE FROM standings WHERE seen_on < ?", (_day(KEPT_DAYS),))
            connection.execute("DELETE FROM stood_on WHERE key NOT IN (SELECT key FROM standings)")
            connection.execute(_DROP_RUNS, (_day(KEPT_DAYS),))

        self._write(write)

    def _write(self, write: Callable[[sqlite3.Connection], None]) -> None:
        with self._lock:
            if self.connection is None:
                return
            try:
                with self.connection:
                    # From its first look on: else another process could put a result between that and what is kept.
                    self.connection.execute("BEGIN IMMEDIATE")
                    write(self.connection)
            except sqlite3.DatabaseError as error:
                log.warning("The ledger cannot be written: %s", error)


def _verified_at(connection: sqlite3.Connection, run: str) -> str | None:
    row = connection.execute("SELECT verified_at FROM runs WHERE key = ?", (run,)).fetchone()
    return row[0] if row else None


def _day(ago: int) -> str:
    return (datetime.now(UTC) - timedelta(days=ago)).date().isoformat()

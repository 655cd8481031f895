"""Bring a draft's texts up to date with the notes: only pages that changed are read."""

from __future__ import annotations

import time
from collections.abc import Callable

from corpus.reading import read_document
from corpus.sources import Notes, Source
from index.draft_database import DraftDatabase

_COMMIT_SECONDS = 2.0
Report = Callable[[int, int], None]


def read_pages(database: DraftDatabase, notes: Notes, report: Report) -> int:
    """Read what is new or changed, remove what is gone, and set the reading order; returns how many were read."""
    bodies = _keep_unchanged(database, {source.path: source.digest for source in notes.sources})
    missing = [source for source in notes.sources if source.path not in bodies]
    committed = time.monotonic()
    for done, source in enumerate(missing, start=1):
        _read(database, source, bodies)
        report(done, len(missing))
        if time.monotonic() - committed > _COMMIT_SECONDS:
            database.commit()
            committed = time.monotonic()
    database.set_reading_order([bodies[source.path] for source in notes.sources if source.path in bodies])
    database.commit()
    return len(missing)


def _keep_unchanged(database: DraftDatabase, wanted: dict[str, str]) -> dict[str, int]:
    """Remove pages that are gone or changed; returns the bodies of the others by path."""
    bodies = {}
    for path, (body, digest) in database.stored().items():
        if wanted.get(path) == digest:
            bodies[path] = body
        else:
            database.remove(body)
    return bodies


def _read(database: DraftDatabase, source: Source, bodies: dict[str, int]) -> None:
    page = source.read()
    if page is not None:  # else it has gone since it was seen; the next build finds the notes changed
        bodies[source.path] = database.add(source.digest, read_document(page))

"""A data folder to measure in: the user's index by a link, and a copy of the results of examples.

What a measured service writes (results, questions) goes into the copy, which is removed afterwards.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from index.manifest import current_generation, make_current
from service.settings import Settings

_NEVER_WRITTEN_BY_READERS = ("generations", "vectors")


@contextmanager
def copied_data(settings: Settings) -> Iterator[Settings]:
    """Give settings whose data folder is a copy, for as long as the block runs. Raises IndexNotBuilt."""
    current = current_generation(settings.data)
    folder = Path(tempfile.mkdtemp(prefix="askmd-bench-"))
    try:
        for name in _NEVER_WRITTEN_BY_READERS:
            (folder / name).symlink_to(settings.data.resolve() / name)
        make_current(folder, current)
        copied = settings.model_copy(
            update={"data": folder, "notes": settings.notes.resolve(), "models": settings.models.resolve()}
        )
        _copy_ledger(settings.ledger_file, copied.ledger_file)
        yield copied
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_ledger(original: Path, copy: Path) -> None:
    """Copy the results of examples; without them, the measured service runs the examples itself."""
    with suppress(sqlite3.Error):
        uri = f"{original.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)

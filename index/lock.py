"""One process builds into a data folder at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexBusy, IndexNotWritten


@contextmanager
def only_builder(data_folder: Path) -> Iterator[None]:
    """Hold the data folder's lock while the block runs. Raises IndexBusy, or IndexNotWritten when it can't be made."""
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        lock = (data_folder / ".lock").open("w")
    except OSError as error:
        raise IndexNotWritten(data_folder, error.strerror or str(error)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusy(data_folder) from error
        except OSError as error:
            raise IndexNotWritten(data_folder, error.strerror or str(error)) from error
        yield

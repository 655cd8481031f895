"""Of several processes that serve the same data folder, one leads: it alone runs what no result is known of.

The lock is the kernel's, so it passes on by itself when the leader ends or crashes.
"""

from __future__ import annotations

import fcntl
import logging
from pathlib import Path
from typing import IO

log = logging.getLogger("askmd.leading")


class Leading:
    """The claim of one process to lead over a data folder."""

    def __init__(self, data_folder: Path) -> None:
        self._path = data_folder / ".leading"
        self._lock: IO[bytes] | None = None

    def claim(self) -> bool:
        """Lead if no other process does, until `release`; tell whether this one leads now."""
        if self._lock is None:
            self._lock = self._locked()
        return self._lock is not None

    def release(self) -> None:
        """Let another process lead."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _locked(self) -> IO[bytes] | None:
        try:
            file = self._path.open("wb")
        except OSError as error:
            log.warning(
                "%s cannot be written, so that other processes may run the same examples: %s", self._path, error
            )
            return Path("/dev/null").open("rb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        return file

"""Folders that the service puts among temporary files, and their removal after a service that was killed.

A folder in use is held by a lock on a file in it, which the kernel lets go when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "askmd-"
LOCK_NAME = "in-use"
FOLDERS = ("/run", "/var/tmp", "/dev/shm")  # noqa: S108  (mkdtemp makes an unpredictable folder below one of them)
ABANDONED_SECONDS = 24 * 3600.0
"""Age from which a folder without a lock file counts as left behind."""


def make_folder(purpose: str, base: str) -> tuple[Path, int]:
    """Make a folder below `base` that all may enter; return it and the descriptor of its lock. Raises OSError."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-", dir=base))
    try:
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder.chmod(0o755)
    return folder, lock


def remove_leftovers(*purposes: str) -> list[Path]:
    """Remove the folders of these purposes that killed services of this user left; return them."""
    removed = []
    for base in dict.fromkeys((tempfile.gettempdir(), *FOLDERS)):
        for purpose in purposes:
            for folder in sorted(Path(base).glob(f"{PREFIX}{purpose}-*")):
                with suppress(OSError):
                    if _is_left(folder):
                        shutil.rmtree(folder)
                        removed.append(folder)
    return removed


def _is_left(folder: Path) -> bool:
    """Return whether `folder` is ours and nobody uses it any more. Raises OSError."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        return False
    try:
        lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - found.st_mtime > ABANDONED_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True

"""Copying files, and seeing that they are on the disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_PART_BYTES = 1 << 30


def copy_file(source: Path, target: Path) -> None:
    """Copy a file inside the kernel; a file system that can shares the blocks. Raises OSError."""
    with source.open("rb") as reader, target.open("wb") as writer:
        try:
            while os.copy_file_range(reader.fileno(), writer.fileno(), _PART_BYTES):
                pass
        except OSError:  # across file systems, or one that does not know how
            reader.seek(0)
            writer.seek(0)
            shutil.copyfileobj(reader, writer, 1 << 20)


def sync_folder(folder: Path) -> None:
    """See that every file below a folder is on the disk."""
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

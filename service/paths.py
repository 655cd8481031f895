"""Which paths in examples name a file that can't be there in an empty folder."""

from __future__ import annotations

from pathlib import PurePosixPath


def is_relative_file(path: str) -> bool:
    """Tell whether a path names a file below the current folder, not the folder itself or one of its parents."""
    return bool(path) and not path.startswith(("/", "~")) and PurePosixPath(path).name not in ("", "..")

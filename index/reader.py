"""The version of the code that reads pages: what other code has read is read anew, without anybody raising a number."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import corpus

_PARSERS = ("markdown-it-py", "mdit-py-plugins")


@cache
def reader_version() -> str:
    """Return a hash over the code of `corpus` and the versions of the parsers below it."""
    digest = hashlib.sha256(repr([version(name) for name in _PARSERS]).encode())
    for path in sorted(Path(corpus.__file__ or "").parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]

"""The version of the code that reads pages: what other code has read is read anew, without anybody raising a number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import corpus

_PARSERS = ("markdown-it-py", "mdit-py-plugins")


@cache
def reader_version() -> str:
    """Return a hash over the code of `corpus` and the versions of the parsers below it."""
    parsers = repr([version(name) for name in _PARSERS])
    return hash_of_code(parsers, Path(corpus.__file__ or "").parent.glob("*.py"))


def hash_of_code(before: str, modules: Iterable[Path]) -> str:
    """Return a hash over the code of modules, in the order of their paths, and over what comes before it."""
    digest = hashlib.sha256(before.encode())
    for path in sorted(modules):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]

"""The version of the code that puts examples together and judges them: what other code has found is found anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from index.reader import hash_of_code, reader_version


@cache
def code_version() -> str:
    """Return a hash over the modules of this package, with the version of the code that reads pages."""
    return hash_of_code(reader_version(), Path(__file__).parent.rglob("*.py"))

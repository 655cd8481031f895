"""The version of the code that puts examples together and judges them: what other code has found is found anew."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from index.reader import reader_version


@cache
def code_version() -> str:
    """Return a hash over the modules of this package, with the version of the code that reads pages."""
    digest = hashlib.sha256(reader_version().encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]

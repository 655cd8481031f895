"""Which version of askmd this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def software_version() -> str:
    """Return the installed version, or `source` in a checkout that was not installed."""
    try:
        return version("askmd")
    except PackageNotFoundError:
        return "source"

"""A service in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Server:
    """A service in a process of its own."""

    url: str
    """With a slash at its end."""
    settings: Settings
    log: Path

"""A service in a process of its own, and what makes another process take the same settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service.settings import Settings, variable

_NAMED = ("notes", "data", "models", "run_timeout_seconds", "run_cpu_seconds")


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that make another process take these settings."""
    return {variable(name): str(getattr(settings, name)) for name in _NAMED}


@dataclass(frozen=True, slots=True)
class Server:
    """A service in a process of its own."""

    url: str
    """With a slash at its end."""
    settings: Settings
    log: Path

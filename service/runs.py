"""The value objects of an example that was run: the run, and the example with its program and its run."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.document import Example
from service.assembly import Assembly
from service.error_lines import error_line
from service.sandbox import Clock, Lane, Status

_NO_FAILURE: frozenset[Status] = frozenset({"ok", "not_runnable", "sandbox_unavailable"})


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended; a program that fails is a result, not an error."""

    status: Status
    reason: str = ""
    """Why it was not run, or what ended it; empty when there is nothing to say."""
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    duration_ms: float | None = None
    """Real time."""
    clock: Clock | None = None
    virtual_seconds: float | None = None
    python: str | None = None
    """Version of the interpreter, with its name where it is not Python (`3.11.2`, `node 20.20.2`)."""
    lanes: tuple[Lane, ...] = ()
    """When its asyncio tasks ran."""
    verified_at: str | None = None
    """UTC, ISO 8601."""
    matches_expected: bool | None = None
    """Whether it ended as the notes say; None when they say nothing, or nothing was run."""

    @property
    def error(self) -> str:
        """The line that names the error it ended with; empty when it did not fail."""
        return error_line(self.stderr) or self.reason if self.status not in _NO_FAILURE else ""


@dataclass(frozen=True, slots=True)
class ProvenExample:
    """An example of the notes, the program made of it, and that program's last run; no run when none is known."""

    example: Example
    assembly: Assembly
    run: Run | None

    @property
    def as_expected(self) -> bool:
        """Whether it ran and did what the notes say, or ran without error where they say nothing."""
        if self.run is None or self.run.matches_expected is False:
            return False
        return self.run.status == "ok" or self.run.matches_expected is True

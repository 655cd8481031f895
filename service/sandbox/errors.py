"""What can keep an example from running.

    SandboxError
    ├── SandboxToolMissing    no bwrap (or setpriv) that the sandbox's user can execute
    ├── InterpreterMissing    no interpreter of a language that works inside the sandbox
    ├── UnknownMachine        no system call table for this processor
    ├── IsolationNotProven    the canary run did not show that the walls hold
    ├── LaunchFailed          bwrap or the program inside it did not start
    └── SandboxBusy           as many programs as may are running and waiting; says when to come back

None of them means that example code failed: that is an `Outcome`, not an exception. Only `SandboxBusy` leaves
`Sandbox`, which turns the others into `sandbox_unavailable`, `not_runnable` or `sandbox_error`.
"""

from __future__ import annotations


class SandboxError(Exception):
    """An example cannot be run safely; the message says what to do."""


class SandboxToolMissing(SandboxError):
    """A program that the sandbox is built from is not there, or not executable for the sandbox's user."""

    def __init__(self, tool: str, remedy: str) -> None:
        super().__init__(f"No usable {tool}: {remedy}")
        self.tool = tool


class InterpreterMissing(SandboxError):
    """No interpreter of this language can be read and executed by the sandbox's user."""

    def __init__(self, language: str, remedy: str) -> None:
        super().__init__(f"No usable interpreter for {language}: {remedy}")
        self.language = language


class UnknownMachine(SandboxError):
    """There is no system call table for this processor, so no filter can be made."""

    def __init__(self, machine: str) -> None:
        super().__init__(f"No system call filter for {machine!r}: examples run on x86_64 and aarch64 only.")
        self.machine = machine


class IsolationNotProven(SandboxError):
    """The canary run failed, or found a hole."""


class LaunchFailed(SandboxError):
    """The sandbox's own set-up failed before the program started; `message` is what its tools said."""

    def __init__(self, message: str) -> None:
        super().__init__(message or "the sandbox ended before the program started")


class SandboxBusy(SandboxError):
    """All places are taken, and the queue for them is full."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many programs are waiting to run. Come back in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds

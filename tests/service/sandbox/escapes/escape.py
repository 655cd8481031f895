"""One attempt to break out or to do harm: a program, and what must come of it in each kind of tier.

`@NAMES@` in a program are filled in by the host (`host.py`) with what there is to be reached. A program that reaches
something prints ESCAPE, which is a failure wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from service.sandbox.outcome import Status

Statuses = tuple[Status, ...]
Pace = Literal["patient", "waiting", "spinning"]
"""Which limits: long ones, a short wall clock for what waits, or a short processor time for what spins."""

BLOCKED = r"\A(blocked.*\n)+\Z"
ANYTHING = ""

TRY = """
import errno, os, socket
def attempt(name, action):
    try: result = action()
    except BaseException as error: print('blocked', name, type(error).__name__, getattr(error, 'errno', ''))
    else: print('ESCAPE', name, str(result)[:60])
"""

CALL = f"""{TRY}
import ctypes, struct
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(200)
def call(name, number, *arguments):
    result = libc.syscall(number, *arguments)
    print('ESCAPE' if result >= 0 else 'blocked', name, errno.errorcode.get(ctypes.get_errno()))
"""


@dataclass(frozen=True, slots=True)
class Escape:
    """An attempt; what holds for `box` holds in every tier with namespaces."""

    name: str
    promise: str
    code: str
    box: Statuses = ("ok",)
    sealed: Statuses | None = None
    """Where it differs: one process that can open nothing and start nothing."""
    prints: str = BLOCKED
    """What standard output must match in full or in part; empty for anything."""
    sealed_prints: str | None = None
    language: str = "python"
    pace: Pace = "patient"
    clock: Literal["real", "virtual"] = "real"
    machine: str = ""
    """The only kind of processor that it is for; empty for all."""

    def statuses(self, tier: str) -> Statuses:
        """Return the statuses that it may end with."""
        if tier != "sealed":
            return self.box
        if self.language != "python":
            return ("not_runnable",)
        return self.box if self.sealed is None else self.sealed

    def pattern(self, tier: str) -> str:
        """Return what its output must match."""
        if tier != "sealed":
            return self.prints
        if self.language != "python":
            return r"\A\Z"
        return self.prints if self.sealed_prints is None else self.sealed_prints

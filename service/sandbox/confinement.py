"""What every way to confine a program has in common: it is started without one, waits, and takes one job."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Protocol

from service.sandbox.interpreter import Interpreter
from service.sandbox.languages import Language
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, Program
from service.sandbox.process import ConfinedProcess

CLOCK_MODULES = (
    "report",
    "clock",
    "replacing",
    "frames",
    "clock_time",
    "clock_locks",
    "clock_polls",
    "clock_threads",
    "tasks",
    "virtual",
)
"""Modules inside that put a Python on the virtual clock, in the order of their imports."""


class Confinement(Protocol):
    """One language in one tier."""

    @property
    def tier(self) -> str:
        """Its name."""

    @property
    def language(self) -> Language:
        """The language of its programs."""

    @property
    def interpreter(self) -> Interpreter:
        """What runs them."""

    def facts(self, limits: Limits) -> dict[str, object]:
        """Return what the canary is to find inside (`inside/probe.py`), within the language's own limits."""

    def start(self, limits: Limits) -> ConfinedProcess:
        """Start a process that waits for a job, within the language's own limits. Raises `LaunchFailed` or OSError."""

    def job(self, program: Program, name: str, limits: Limits) -> bytes:
        """Return the job of running `program` under the file name `name`."""


async def run(
    confinement: Confinement, program: Program, limits: Limits, on_start: Callable[[ConfinedProcess], None]
) -> Ending:
    """Run `program` in a process of its own and return how it ended. Raises `LaunchFailed` or OSError.

    `limits` are the language's own. `on_start` gets what can stop the run.
    """
    process = confinement.start(limits)
    on_start(process)
    await process.prepare()
    return await process.run(confinement.job(program, program.name, limits))


def job(path: str, program: Program, limits: Limits, **more: object) -> bytes:
    """Return the message that `inside/job.py` understands."""
    skip_seconds = limits.virtual_seconds if program.clock == "virtual" else 0
    return json.dumps(
        {
            "path": path,
            "code": program.code,
            "skip_seconds": skip_seconds,
            "records_tasks": program.records_tasks,
            **more,
        }
    ).encode()


def resource_limits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Return name → (soft, hard) as the kernel knows them; set inside, where processes count per box."""
    values = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        # not RLIMIT_AS: address space that is only reserved, by each thread and by Node, would count
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_STACK": limits.stack_bytes,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 128,
    }
    # The soft limit's signal tells a used-up processor from other kills; the hard one can't be ignored.
    return {"RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 1)} | {
        name: (value, value) for name, value in values.items()
    }


@cache
def inside_source(name: str) -> str:
    """Return the source of one of the files that run inside; always that of the service as it was started."""
    return resources.files("service.sandbox").joinpath("inside", name).read_text(encoding="utf-8")

"""What is asked of the sandbox, what it answers, and how the end of a process becomes a status.

The classification is a pure function of what the service itself saw: who ended the run, the exit code, the stream
sizes. Only the three labels that no kernel signal carries (memory, processes, disk) look at the end of stderr, which
the program can forge; such a label says why a failed program failed, and never turns a failure into a success.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Literal

from service.sandbox.inside.report import LIMIT_EXIT_CODE
from service.sandbox.lanes import Lane
from service.sandbox.limits import KIBIBYTE, MEBIBYTE, Limits
from service.sandbox.report import Reported

Clock = Literal["virtual", "real"]

Status = Literal[
    "ok",
    "error",
    "timeout",
    "cpu_limit",
    "memory_limit",
    "process_limit",
    "output_limit",
    "disk_limit",
    "forbidden_syscall",
    "virtual_time_limit",
    "killed",
    "not_runnable",
    "sandbox_error",
    "sandbox_unavailable",
]

StopReason = Literal["timeout", "output_limit", "memory_limit", "killed"]

SIGNAL_EXIT_BASE = 128  # a shell's way, and bwrap's, to report death by a signal

STDERR_TAIL_CHARACTERS = 4000
# A MemoryError may print a long traceback, Node's heap report a longer one: every mark is looked for in the tail only.
MEMORY_MARKS = (
    "MemoryError",
    "heap out of memory",
    "Fatal process out of memory",
    "std::bad_alloc",
    "Cannot allocate memory",
)
PROCESS_MARKS = ("BlockingIOError: [Errno 11]", "can't start new thread", "EAGAIN", "uv_thread_create")
DISK_MARKS = ("[Errno 28]", "[Errno 27]", "ENOSPC", "EFBIG")

SIGNAL_STATUS: dict[int, Status] = {
    signal.SIGXCPU: "cpu_limit",
    signal.SIGXFSZ: "disk_limit",
    signal.SIGSYS: "forbidden_syscall",
    signal.SIGKILL: "killed",
}


@dataclass(frozen=True, slots=True)
class Program:
    """Code to run, as it is to be seen by its interpreter."""

    code: str
    language: str = "python"
    name: str = "example.py"
    """File name that tracebacks show; only its last part is used."""
    clock: Clock = "real"
    """The clock asked for; the outcome says which one was used."""
    wall_seconds: float | None = None
    """Real time after which it is stopped, where that is less than the sandbox's limit."""
    records_tasks: bool = False
    """Whether the outcome is to say when its asyncio tasks ran."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. Text is UTF-8 with undecodable bytes as backslash escapes."""

    status: Status
    exit_code: int | None = None
    """None when a signal or the sandbox ended the program."""
    signal: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    """A stream was longer than its limit, and is cut there."""
    duration_ms: float = 0.0
    """Real time from the program's start to its end."""
    clock: Clock = "real"
    virtual_seconds: float | None = None
    lanes: tuple[Lane, ...] = ()
    """When its tasks ran, as it says itself."""
    interpreter: str = ""
    """Name and version, such as `python 3.11.2`."""
    tier: str = ""
    detail: str = ""
    """For people: why there is no result, or what to do about it."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the kernel counted for a run, where control groups can be had."""

    memory_kills: int = 0
    """Processes that it killed for their memory."""
    process_refusals: int = 0
    """Processes and threads that it did not start."""

    def since(self, before: Counters) -> Counters:
        """Return what was counted after `before`."""
        return Counters(self.memory_kills - before.memory_kills, self.process_refusals - before.process_refusals)


@dataclass(frozen=True, slots=True)
class Ending:
    """What the service saw of a process that is gone."""

    exit_status: int | None
    """What bwrap returned: the program's exit code, or 128 + signal; None when the service ended the run."""
    stopped: StopReason | None
    stdout: bytes
    stderr: bytes
    truncated: bool
    duration_seconds: float
    counters: Counters = Counters()
    reported: Reported = field(default_factory=Reported)
    """What it said of itself, which may be a lie."""


def exit_of(ending: Ending) -> tuple[int | None, int | None]:
    """Return (exit code, signal); one of them is None, or both when the service ended the run."""
    status = ending.exit_status
    if status is None or ending.stopped or is_over_limit(ending):
        return None, None
    if status < 0:
        return None, -status
    number = status - SIGNAL_EXIT_BASE
    if number in signal.valid_signals():
        return None, number
    return status, None


def is_over_limit(ending: Ending) -> bool:
    """Return whether its clock ended the run; a program may claim so, to get this label for its failure."""
    return ending.reported.over_limit and ending.exit_status == LIMIT_EXIT_CODE and not ending.stopped


def classify(ending: Ending, cpu_seconds: int, processors: int) -> Status:
    """Return the status of an ended run; `processors` bounds how fast processor time can have been used."""
    if ending.counters.memory_kills and ending.stopped in (None, "timeout"):
        return "memory_limit"  # what is left of a program whose child was killed may wait for ever, or end well
    if ending.stopped:
        return ending.stopped
    if is_over_limit(ending):
        return "virtual_time_limit"
    exit_code, number = exit_of(ending)
    if exit_code == 0:
        return "ok"
    if number == signal.SIGKILL and ending.duration_seconds * processors >= cpu_seconds + 1:
        return "cpu_limit"  # the hard limit, of a program that ignored SIGXCPU
    if number in SIGNAL_STATUS:
        return SIGNAL_STATUS[number]
    if ending.counters.process_refusals:
        return "process_limit"
    return _hint(decode(ending.stderr)[-STDERR_TAIL_CHARACTERS:]) or "error"


def explain(status: Status, limits: Limits) -> str:
    """Return one sentence about a limit that ended a run, or nothing."""
    sentences: dict[Status, str] = {
        "timeout": f"Stopped after {limits.wall_seconds:g} s.",
        "cpu_limit": f"Used more than {limits.cpu_seconds} s of processor time.",
        "memory_limit": "Needed more memory than a run may use.",
        "process_limit": f"Started more than {limits.processes} processes and threads.",
        "output_limit": f"Printed more than {limits.stream_bytes // KIBIBYTE} KiB.",
        "disk_limit": f"Wrote a file of more than {limits.file_bytes // MEBIBYTE} MiB, "
        f"or {limits.temporary_bytes // MEBIBYTE} MiB in all.",
        "virtual_time_limit": f"Waited for more than {limits.virtual_seconds:g} s on its virtual clock.",
        "forbidden_syscall": "Made a system call of another processor.",
    }
    return sentences.get(status, "")


def _hint(tail: str) -> Status | None:
    if any(mark in tail for mark in MEMORY_MARKS):
        return "memory_limit"
    if any(mark in tail for mark in PROCESS_MARKS):
        return "process_limit"
    if any(mark in tail for mark in DISK_MARKS):
        return "disk_limit"
    return None


def decode(stream: bytes) -> str:
    """Return a stream as text that any JSON encoder takes."""
    return stream.decode("utf-8", "backslashreplace")

"""The end of a process becomes a status by what the service saw, never by what the program says of itself."""

from __future__ import annotations

import dataclasses
import signal

import pytest

from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, Status, classify, decode, exit_of, explain

ENDED = Ending(exit_status=0, stopped=None, stdout=b"", stderr=b"", truncated=False, duration_seconds=0.1)


def killed_by(number: int) -> int:
    return 128 + number


CASES: list[tuple[str, Ending, Status]] = [
    ("exit 0", ENDED, "ok"),
    ("exit 0 with a memory error printed", dataclasses.replace(ENDED, stderr=b"MemoryError\n"), "ok"),
    ("exit 0 with a claim on stdout", dataclasses.replace(ENDED, stdout=b'{"status": "timeout"}'), "ok"),
    ("exit 1", dataclasses.replace(ENDED, exit_status=1), "error"),
    ("exit 9 with a claim", dataclasses.replace(ENDED, exit_status=9, stdout=b'{"status": "ok"}'), "error"),
    ("exit 255", dataclasses.replace(ENDED, exit_status=255), "error"),
    ("wall clock", dataclasses.replace(ENDED, exit_status=None, stopped="timeout"), "timeout"),
    ("flood", dataclasses.replace(ENDED, exit_status=None, stopped="output_limit", truncated=True), "output_limit"),
    ("flood, then exit 0", dataclasses.replace(ENDED, stopped="output_limit", truncated=True), "output_limit"),
    ("memory watch", dataclasses.replace(ENDED, exit_status=None, stopped="memory_limit"), "memory_limit"),
    ("closed", dataclasses.replace(ENDED, exit_status=None, stopped="killed"), "killed"),
    ("SIGXCPU", dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGXCPU)), "cpu_limit"),
    ("SIGXFSZ", dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGXFSZ)), "disk_limit"),
    ("SIGSYS", dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGSYS)), "forbidden_syscall"),
    ("SIGKILL early", dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGKILL)), "killed"),
    (
        "SIGKILL by the hard limit",
        dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGKILL), duration_seconds=4.1),
        "cpu_limit",
    ),
    ("SIGSEGV", dataclasses.replace(ENDED, exit_status=killed_by(signal.SIGSEGV)), "error"),
    ("bwrap itself killed", dataclasses.replace(ENDED, exit_status=-9), "killed"),
    ("MemoryError", dataclasses.replace(ENDED, exit_status=1, stderr=b"...\nMemoryError\n"), "memory_limit"),
    (
        "Node's heap",
        dataclasses.replace(ENDED, exit_status=134, stderr=b"FATAL ERROR: ... JavaScript heap out of memory\n"),
        "memory_limit",
    ),
    (
        "threads",
        dataclasses.replace(ENDED, exit_status=1, stderr=b"RuntimeError: can't start new thread"),
        "process_limit",
    ),
    (
        "fork",
        dataclasses.replace(
            ENDED, exit_status=1, stderr=b"BlockingIOError: [Errno 11] Resource temporarily unavailable"
        ),
        "process_limit",
    ),
    ("full /tmp", dataclasses.replace(ENDED, exit_status=1, stderr=b"OSError: [Errno 28] No space left"), "disk_limit"),
    (
        "large file",
        dataclasses.replace(ENDED, exit_status=1, stderr=b"OSError: [Errno 27] File too large"),
        "disk_limit",
    ),
    (
        "a mark far above the end",
        dataclasses.replace(ENDED, exit_status=1, stderr=b"MemoryError" + b"x" * 8000),
        "error",
    ),
]


@pytest.mark.parametrize(("ending", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_ending_has_status(ending: Ending, status: Status) -> None:
    assert classify(ending, cpu_seconds=3, processors=1) == status


@pytest.mark.parametrize(
    ("exit_status", "expected"),
    [(0, (0, None)), (7, (7, None)), (139, (None, 11)), (-9, (None, 9)), (255, (255, None)), (None, (None, None))],
)
def test_exit_status_is_code_or_signal(exit_status: int | None, expected: tuple[int | None, int | None]) -> None:
    assert exit_of(dataclasses.replace(ENDED, exit_status=exit_status)) == expected


def test_every_limit_is_explained_with_its_unit() -> None:
    assert explain("timeout", Limits(wall_seconds=2.5)) == "Stopped after 2.5 s."
    assert explain("output_limit", Limits()) == "Printed more than 64 KiB."
    assert explain("ok", Limits()) == ""


def test_stream_with_undecodable_bytes_becomes_text() -> None:
    assert decode("é".encode() + b"\xff") == "é\\xff"

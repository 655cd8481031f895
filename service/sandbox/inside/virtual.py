"""Puts a program on the virtual clock, or leaves everything as it was where the interpreter does not allow it."""

import _queue
import _thread
import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from service.sandbox.inside import clock as clocks
from service.sandbox.inside import clock_locks, clock_polls, clock_threads, clock_time, frames, tasks
from service.sandbox.inside import report as reports
from service.sandbox.inside.replacing import CannotReplace, Replacements

REPLACING = (
    clock_time.replace_time,
    clock_time.replace_datetime,
    clock_locks.replace_locks,
    clock_locks.replace_queues,
    clock_polls.replace_polls,
    clock_threads.replace_threads,
)
CHECK_SECONDS = 0.2


def begin(job: dict[str, Any]) -> None:
    """Do what a job says about the clock and the tasks; it comes with a file to tell of them."""
    if job["report"] < 0:
        return
    report, clock = reports.Report(reports.take(job["report"])), None
    if job["skip_seconds"]:
        clock = install(job["skip_seconds"], report)
    if job["records_tasks"]:
        tasks.record(report, clock.now_ns if clock else time.monotonic_ns)
    frames.hide(frozenset(part.__code__.co_filename for part in (clocks.Clock.wait, *REPLACING, tasks.record)))


def install(limit_seconds: float, report: reports.Report) -> clocks.Clock | None:
    """Put this process on a virtual clock that skips up to `limit_seconds`; None when it can't be done."""
    limit_ns = int(limit_seconds * clocks.SECOND_NS)

    def end() -> None:
        report.tell_clock(limit_ns, limit_ns, reports.OVER_LIMIT)
        os._exit(reports.LIMIT_EXIT_CODE)

    replacements = Replacements()
    try:
        _check_interpreter()
        clock = _replace(clocks.Clock(), replacements)
    except Exception:
        replacements.put_back()
        return None
    clock.begin(limit_ns, report.tell_clock, end)
    os.register_at_fork(after_in_child=clock.freeze)
    report.tell_clock(0, 0)
    return clock


def _check_interpreter() -> None:
    if sys.implementation.name != "cpython" or not getattr(sys, "_is_gil_enabled", lambda: True)():
        raise NotImplementedError  # the rule for skipping relies on one thread at a time


def _replace(clock: clocks.Clock, replacements: Replacements) -> clocks.Clock:
    """Put everything in its place, and see that it works. Raises whatever an unknown interpreter raises."""
    for replace in REPLACING:
        replace(clock, replacements)
    ours = (clocks, clock_locks, clock_polls, clock_threads, clock_time)
    replacements.apply_names(module for module in list(sys.modules.values()) if module not in ours)
    replacements.take_effect()
    clock_time.check_datetime(clock)
    _check_waits(clock)
    return clock


def _check_waits(clock: clocks.Clock) -> None:
    """Raise `CannotReplace` unless waits for a lock, a queue and a descriptor are skipped."""
    lock = _thread.allocate_lock()
    lock.acquire()
    queue: _queue.SimpleQueue[object] = _queue.SimpleQueue()
    waits: tuple[Callable[..., object], ...] = (lock.acquire, queue.get, select.epoll().poll)
    for wait in waits:
        before = clock.skipped_ns
        with suppress(_queue.Empty):
            wait(timeout=CHECK_SECONDS)
        if clock.skipped_ns - before < CHECK_SECONDS / 2 * clocks.SECOND_NS:
            raise CannotReplace(wait.__qualname__)

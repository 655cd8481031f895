"""Puts a program on the virtual clock, or leaves everything as it was where the interpreter does not allow it."""

import os
import sys
import time
from typing import Any

from service.sandbox.inside import clock as clocks
from service.sandbox.inside import clock_time, clock_waits, frames, tasks
from service.sandbox.inside import report as reports
from service.sandbox.inside.replacing import Replacements


def begin(job: dict[str, Any]) -> None:
    """Do what a job says about the clock and the tasks; it comes with a file to tell of them."""
    if job["report"] < 0:
        return
    report, clock = reports.Report(reports.take(job["report"])), None
    if job["skip_seconds"]:
        clock = install(job["skip_seconds"], report)
    if job["records_tasks"]:
        tasks.record(report, clock.now_ns if clock else time.monotonic_ns)
    functions = (clocks.Clock.wait, clock_time.replace_time, clock_waits.replace_locks, tasks.record)
    frames.hide(frozenset(function.__code__.co_filename for function in functions))


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
    clock_time.replace_time(clock, replacements)
    clock_time.replace_datetime(replacements)
    clock_waits.replace_locks(clock, replacements)
    clock_waits.replace_queues(clock, replacements)
    clock_waits.replace_polls(clock, replacements)
    clock_waits.replace_threads(clock, replacements)
    ours = (clocks, clock_time, clock_waits)
    replacements.apply_names(module for module in list(sys.modules.values()) if module not in ours)
    replacements.take_effect()
    clock_time.check_datetime(clock)
    clock_waits.check_waits(clock)
    return clock

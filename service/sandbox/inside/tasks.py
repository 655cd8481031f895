"""Records when each asyncio task of a program runs and ends, for a picture of the run.

Every step of a task is a call of the event loop; that call is timed. Nothing that the program can see changes: no task
factory, no name, no mark that an exception was looked at.
"""

import asyncio
from collections.abc import Callable
from types import BuiltinMethodType, MethodType
from typing import Any
from weakref import ref

from service.sandbox.inside.report import Report

MOST_TASKS = 40
MICROSECOND_NS = 1_000
STEP = "TaskStepMethWrapper"
"""The type of the C part of asyncio that makes a task go on; it has no other name."""
OWN = "BaseEventLoop."
"""Tasks of the event loop itself, by which it is closed."""

Task: Any = asyncio.Task


class Recorder:
    """Tells of tasks as they run, until there are too many or the file is full."""

    def __init__(self, report: Report, now_ns: Callable[[], int]) -> None:
        self._report = report
        self._now_ns = now_ns
        self._start_ns = now_ns()
        self._lanes: dict[int, tuple[Any, int]] = {}
        """Address of a task → (reference to it, its number)."""
        self._count = 0

    def lane(self, task: Any) -> int:
        """Return the number of a task; -1 for one too many."""
        known = self._lanes.get(id(task))
        if known is not None and known[0]() is task:
            return known[1]
        if self._count == MOST_TASKS:
            return -1
        name, number = _name(task), self._count
        if name.startswith(OWN):
            number = -1
        else:
            self._count += 1
            self._report.tell_event(["task", number, name])
        self._lanes[id(task)] = ref(task), number
        return number

    def now(self) -> int:
        """Return microseconds since the program's start, on its clock."""
        return (self._now_ns() - self._start_ns) // MICROSECOND_NS

    def ran(self, task: Any, lane: int, since: int) -> None:
        """Tell of one step of a task, and of its end."""
        now = self.now()
        self._report.tell_event(["ran", lane, since, now])
        if Task.done(task):
            self._report.tell_event(["end", lane, _ending(task)], is_last=True)


def record(report: Report, now_ns: Callable[[], int]) -> None:
    """Record the tasks of this process from now on."""
    recorder = Recorder(report, now_ns)
    run = asyncio.Handle._run

    def _run(self: asyncio.Handle) -> None:
        task = _task_of(self._callback)  # type: ignore[attr-defined]
        lane = recorder.lane(task) if task is not None else -1
        if lane < 0:
            run(self)
            return
        since = recorder.now()
        try:
            run(self)
        finally:
            recorder.ran(task, lane, since)

    asyncio.Handle._run = _run  # type: ignore[method-assign]


def _task_of(callback: Any) -> Any:
    """Return the task that a call makes go on, or None; asks nothing of objects that are the program's own."""
    kind = type(callback)
    if kind in (MethodType, BuiltinMethodType) or kind.__name__ == STEP:
        owner = getattr(callback, "__self__", None)
        return owner if issubclass(type(owner), Task) else None
    return None


def _name(task: Any) -> str:
    """Return the name that the program gave to a task, or else that of its coroutine."""
    name = Task.get_name(task)
    coroutine = getattr(Task.get_coro(task), "__qualname__", "")
    return str(coroutine or name).rpartition("<locals>.")[2] if name.startswith("Task-") else str(name)


def _ending(task: Any) -> str:
    if Task.cancelled(task):
        return "cancelled"
    return "failed" if task._exception is not None else "done"  # `exception()` would count as looking at it

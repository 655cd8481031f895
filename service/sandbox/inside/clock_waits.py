"""The ways to wait that the virtual clock knows: locks, simple queues, polls and the ends of threads.

All else of the standard library is made of these, and stays as it is: conditions, events, barriers, queues, futures,
executors, timers, selectors, every event loop of asyncio. A wait of another kind, such as reading from a pipe, counts
as work, so that time stays real meanwhile.
"""

import _queue
import _thread
import math
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from service.sandbox.inside.clock import NEVER, SECOND_NS, SHORTEST_LOOK_SECONDS, Clock, real_sleep
from service.sandbox.inside.replacing import CannotReplace, Replacements

CHECK_SECONDS = 0.2
LATE_NS = 500_000
"""The kernel wakes a thread that polls a little after its time."""
MILLISECOND_NS = 1_000_000
INTERNET = (socket.AF_INET, socket.AF_INET6)


def replace_locks(clock: Clock, replacements: Replacements) -> None:
    """Let threads wait for locks on the virtual clock."""
    for kind in (_thread.LockType, _thread.RLock):
        acquire, release = _acquire(clock, kind), _release(clock, kind)
        for name in ("acquire", "acquire_lock", "__enter__"):
            if name in kind.__dict__:
                replacements.method(kind, name, acquire)
        for name in ("release", "release_lock"):
            if name in kind.__dict__:
                replacements.method(kind, name, release)
        replacements.method(kind, "__exit__", lambda lock, *error, release=release: release(lock))
    _replace_saved_state(clock, replacements)


def replace_queues(clock: Clock, replacements: Replacements) -> None:
    """Let threads wait for a simple queue, as executors do."""
    kind = _queue.SimpleQueue
    real_get, real_put = kind.get, kind.put

    def get(queue: Any, block: bool = True, timeout: float | None = None) -> Any:
        if not block or (timeout is not None and not timeout > 0) or clock.passes_through():
            return real_get(queue, block, timeout)

        def attempt() -> tuple[Any] | None:
            try:
                return (real_get(queue, False),)
            except _queue.Empty:
                return None

        item: Any = attempt() or clock.wait_for(queue, clock.deadline(timeout), attempt)
        return item[0] if item else real_get(queue, False)

    def put(queue: Any, item: object, block: bool = True, timeout: float | None = None) -> None:
        real_put(queue, item)
        clock.changed(queue)

    replacements.method(kind, "get", get)
    replacements.method(kind, "put", put)
    replacements.method(kind, "put_nowait", lambda queue, item: put(queue, item))


def replace_polls(clock: Clock, replacements: Replacements) -> None:
    """Let threads wait for descriptors: `select.select`, `poll` and `epoll`."""
    replacements.method(select.epoll, "poll", _epoll(clock))
    replacements.method(type(select.poll()), "poll", _poll(clock))
    replacements.function(select, "select", _select(clock))
    begin = socket.socket.__init__

    def __init__(self: socket.socket, *args: Any, **options: Any) -> None:  # noqa: N807
        begin(self, *args, **options)
        clock.has_network = clock.has_network or self.family in INTERNET

    replacements.attribute(socket.socket, "__init__", __init__)


def replace_threads(clock: Clock, replacements: Replacements) -> None:
    """Let threads wait for one another's end, also at the end of the program."""
    kind = threading.Thread
    real_start, real_join, real_run = kind.start, kind.join, kind._bootstrap_inner  # type: ignore[attr-defined]
    ended: dict[threading.Thread, list[bool]] = {}

    def start(self: threading.Thread) -> None:
        clock.in_real_time(real_start, self)

    def _bootstrap_inner(self: threading.Thread) -> None:
        ended[self] = []
        try:
            real_run(self)
        finally:
            ended.pop(self).append(True)
            clock.changed(self)

    def join(self: threading.Thread, timeout: float | None = None) -> None:
        end = ended.get(self)
        known = end is not None and self is not threading.current_thread() and not clock.passes_through()
        if known and not clock.wait_for(self, clock.deadline(timeout), lambda: end):
            timeout = 0
        clock.in_real_time(real_join, self, timeout)

    def join_all() -> None:
        while alive := [thread for thread in list(ended) if not thread.daemon]:
            join(alive[0])

    replacements.attribute(kind, "start", start)
    replacements.attribute(kind, "_bootstrap_inner", _bootstrap_inner)
    replacements.attribute(kind, "join", join)
    threading._threading_atexits.insert(0, join_all)  # type: ignore[attr-defined]  # what is first is called last
    replacements.attribute(_thread, "start_new_thread", _start_new_thread(clock))


def check_waits(clock: Clock) -> None:
    """Raise `CannotReplace` unless a wait for a lock and one for a queue are skipped."""
    lock = _thread.allocate_lock()
    lock.acquire()
    queue: _queue.SimpleQueue[object] = _queue.SimpleQueue()
    waits: tuple[Callable[..., object], ...] = (lock.acquire, queue.get, select.epoll().poll)
    for wait in waits:
        before = clock.skipped_ns
        with suppress(_queue.Empty):
            wait(timeout=CHECK_SECONDS)
        if clock.skipped_ns - before < CHECK_SECONDS / 2 * SECOND_NS:
            raise CannotReplace(wait.__qualname__)


def _acquire(clock: Clock, kind: Any) -> Callable[..., bool]:
    real = kind.acquire

    def acquire(lock: Any, blocking: bool = True, timeout: float = -1) -> bool:
        if blocking and timeout == -1:
            if real(lock, False):
                return True
            deadline = NEVER
        elif blocking and 0 < timeout <= _thread.TIMEOUT_MAX:
            deadline = clock.deadline(timeout)
        else:
            return bool(real(lock, blocking, timeout))
        if clock.passes_through():
            return bool(real(lock, blocking, timeout))
        return bool(clock.wait_for(lock, deadline, lambda: real(lock, False)))

    return acquire


def _release(clock: Clock, kind: Any) -> Callable[[Any], None]:
    real = kind.release

    def release(lock: Any) -> None:
        real(lock)
        clock.changed(lock)

    return release


def _replace_saved_state(clock: Clock, replacements: Replacements) -> None:
    """Conditions give up and take back a lock that they may hold several times."""
    kind: Any = _thread.RLock
    real_acquire, real_save = kind.acquire, kind._release_save
    acquire = _acquire(clock, kind)

    def _release_save(lock: Any) -> Any:
        state = real_save(lock)
        clock.changed(lock)
        return state

    def _acquire_restore(lock: Any, state: Any) -> None:
        acquire(lock)
        for _ in range(state[0] - 1):
            real_acquire(lock)

    replacements.method(kind, "_release_save", _release_save)
    replacements.method(kind, "_acquire_restore", _acquire_restore)


def _epoll(clock: Clock) -> Callable[..., Any]:
    real, real_poll = select.epoll.poll, type(select.poll()).poll

    def poll(epoll: Any, timeout: float | None = None, maxevents: int = -1) -> Any:
        found = [] if clock.passes_through() else real(epoll, 0, maxevents)
        if found or timeout == 0 or clock.passes_through():
            return found or real(epoll, timeout, maxevents)

        def look(milliseconds: float = 0) -> Any:
            poll = select.poll()  # one for each call: other threads look too
            poll.register(epoll.fileno(), select.POLLIN)
            return real_poll(poll, milliseconds)

        seconds = None if timeout is None or timeout < 0 else timeout
        clock.wait(_in_milliseconds(clock, seconds), look, lambda seconds: look(seconds * 1000))
        return real(epoll, 0, maxevents)

    return poll


def _poll(clock: Clock) -> Callable[..., Any]:
    real = type(select.poll()).poll

    def poll(self: Any, timeout: float | None = None, /) -> Any:
        found = [] if clock.passes_through() else real(self, 0)
        if found or timeout == 0 or clock.passes_through():
            return found or real(self, timeout)
        owner = _thread.get_ident()

        def look() -> Any:
            try:
                return real(self, 0)
            except RuntimeError:  # two threads looked at once
                return [] if _thread.get_ident() == owner else [True]

        def block(seconds: float) -> None:
            if _thread._count():
                real_sleep(min(seconds, SHORTEST_LOOK_SECONDS))  # so that others may look
            else:
                real(self, seconds * 1000)

        seconds = None if timeout is None or timeout < 0 else timeout / 1000
        return clock.wait(_in_milliseconds(clock, seconds), look, block)

    return poll


def _select(clock: Clock) -> Callable[..., Any]:
    real = select.select

    def select_(read: Any, write: Any, other: Any, timeout: float | None = None, /) -> Any:
        if clock.passes_through() or (timeout is not None and not timeout > 0):
            return real(read, write, other, timeout)

        def look(seconds: float = 0) -> Any:
            found = real(read, write, other, seconds)
            return found if any(found) else None

        read, write, other = list(read), list(write), list(other)
        return look() or clock.wait(clock.deadline(timeout), look, look) or ([], [], [])

    return select_


def _in_milliseconds(clock: Clock, seconds: float | None) -> float:
    """Return the deadline as the kernel keeps it: timers a moment apart fall into one look of an event loop."""
    if seconds is None:
        return NEVER
    milliseconds = math.ceil(math.ceil(seconds * SECOND_NS) / MILLISECOND_NS)
    return clock.now_ns() + milliseconds * MILLISECOND_NS + LATE_NS


def _start_new_thread(clock: Clock) -> Callable[..., int]:
    real = _thread.start_new_thread

    def start_new_thread(function: Callable[..., object], args: tuple[Any, ...], /, *options: dict[str, Any]) -> int:
        begun = _thread.allocate_lock()
        begun.acquire()

        def run(*args: Any, **options: Any) -> None:
            begun.release()
            function(*args, **options)

        identity = real(run, args, *options)
        clock.in_real_time(begun.acquire)  # until it counts as a thread
        return identity

    return start_new_thread

"""The virtual clock: real time plus the waits that were skipped, and the rule for when one may be.

Computing takes real time. A wait is skipped only while every thread is in a wait that is known here, nothing that one
of them waits for has come, no child process lives and no alarm is set: then nothing can happen before the earliest
deadline, and the clock moves on to it. Everywhere else waits take their real time, so that order stays as it is.
"""

import os
import signal
import time
from _thread import LockType, _count, allocate_lock, get_ident
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

NEVER = float("inf")
SECOND_NS = 1_000_000_000
SHORTEST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.001, 0.005
"""How often a thread with a deadline looks whether time may be skipped, while another one works."""
SAFETY_SECONDS = 0.05
"""How often a thread without a deadline looks for what it waits for, should nobody wake it."""
DELIVERY_SECONDS = 0.001
"""What is sent over the loopback device is on its way that long at most."""
TURN_SECONDS, MOST_TURNS = 0.0005, 40

# The clock itself takes these, which programs no longer see.
real_sleep = time.sleep
real_monotonic_ns = time.monotonic_ns
real_acquire: Callable[..., bool] = LockType.acquire
real_release: Callable[[LockType], None] = LockType.release


class Wait:
    """A thread that waits: until when, and whether it has found nothing of what it waits for, and nothing has come."""

    __slots__ = ("_door", "_is_ready", "_looks", "_wakes", "deadline", "order")
    _numbers = count()

    def __init__(self, deadline: float, is_ready: Callable[[], object]) -> None:
        self.deadline = deadline
        self.order = (deadline, next(self._numbers))
        self._is_ready = is_ready
        self._wakes = 0
        self._looks = -1
        self._door = allocate_lock()
        real_acquire(self._door)

    def look(self, attempt: Callable[[], object]) -> object:
        """Try to get what it waits for."""
        wakes, self._looks = self._wakes, -1
        if not (found := attempt()):
            self._looks = wakes  # from here on it is idle, unless it was woken meanwhile
        return found

    def block(self, seconds: float) -> None:
        """Wait in real time until somebody wakes this thread."""
        real_acquire(self._door, True, seconds)

    def wake(self) -> None:
        """Let the thread look again; until it has, it counts as working."""
        self._wakes += 1
        with suppress(RuntimeError):  # it is open already
            real_release(self._door)

    def is_idle(self) -> bool:
        """Return whether only time can let the thread go on."""
        return self._looks == self._wakes and not self._is_ready()


class Clock:
    """The one clock of a process. `skipped_ns` is what it is ahead of real time."""

    def __init__(self) -> None:
        """Make a clock that does not skip anything before it has begun."""
        self.skipped_ns = 0
        self.is_frozen = False
        """In a process that was forked off: its parent's time is real while it lives, and so is its own."""
        self.has_network = False
        self._limit_ns = NEVER
        self._tell: Callable[[int, int], None] = lambda skipped_ns, passed_ns: None
        self._end: Callable[[], None] = lambda: None
        self._start_ns = real_monotonic_ns()
        self._waits: dict[int, Wait] = {}
        self._queues: dict[int, deque[Wait]] = {}
        self._real_threads: set[int] = set()
        self._guard = allocate_lock()

    def begin(self, limit_ns: int, tell: Callable[[int, int], None], end: Callable[[], None]) -> None:
        """Start anew; skip up to `limit_ns`, then call `end`. `tell` gets what was skipped, and what passed in all."""
        self.skipped_ns = 0
        self._limit_ns, self._tell, self._end = limit_ns, tell, end
        self._start_ns = real_monotonic_ns()

    def now_ns(self) -> int:
        """Return the virtual time of the monotonic clock."""
        return real_monotonic_ns() + self.skipped_ns

    def deadline(self, seconds: float | None) -> float:
        """Return the virtual time `seconds` from now; never for None."""
        return NEVER if seconds is None else self.now_ns() + int(seconds * SECOND_NS)

    def passes_through(self) -> bool:
        """Return whether the calling thread's waits are real ones now."""
        return self.is_frozen or get_ident() in self._real_threads

    def in_real_time(self, call: Callable[..., Any], *args: object, **options: object) -> Any:
        """Call a function whose waits are known to be short; meanwhile this thread counts as working."""
        me = get_ident()
        self._real_threads.add(me)
        try:
            return call(*args, **options)
        finally:
            self._real_threads.discard(me)

    def wait(
        self, deadline: float, attempt: Callable[[], object], block: Callable[[float], object] | None = None
    ) -> object:
        """Wait until `attempt` gives something true, or for the deadline; return what it gave last.

        `block` waits in real time for at most some seconds, and returns early when an attempt may succeed.
        """
        wait = Wait(deadline, attempt if block else lambda: False)
        return self._wait(wait, attempt, block or wait.block)

    def wait_for(self, thing: object, deadline: float, attempt: Callable[[], object]) -> object:
        """Wait for a thing that whoever changes it tells of (`changed`); who waits longest tries first."""
        wait = Wait(deadline, lambda: False)
        # A queue stays when it is empty: to take it away would need a lock, and a signal's handler may come between.
        queue = self._queues.setdefault(id(thing), deque())
        queue.append(wait)
        try:
            return self._wait(wait, lambda: queue[0] is wait and attempt(), wait.block)
        finally:
            queue.remove(wait)
            _wake_first(queue)  # there may be something for it too

    def changed(self, thing: object) -> None:
        """Wake the first thread that waits for `thing`."""
        if queue := self._queues.get(id(thing)):
            _wake_first(queue)

    def freeze(self) -> None:
        """Skip nothing any more."""
        self.is_frozen = True

    def _wait(self, wait: Wait, attempt: Callable[[], object], block: Callable[[float], object]) -> object:
        me = get_ident()
        outer, self._waits[me] = self._waits.get(me), wait  # outer: a signal's handler waits within a wait
        look = SHORTEST_LOOK_SECONDS
        try:
            while not (found := wait.look(attempt)):
                self._skip()
                left = wait.deadline - self.now_ns()
                if left <= 0:
                    self._let_earlier_ones_go(wait)
                    return attempt()
                block(SAFETY_SECONDS if left == NEVER else min(left / SECOND_NS, look))
                look = min(look * 1.1, LONGEST_LOOK_SECONDS)
            return found
        finally:
            if outer is None:
                self._waits.pop(me, None)
            else:
                self._waits[me] = outer

    def _skip(self) -> None:
        """Move on to the earliest deadline when nothing can happen before it."""
        if self.is_frozen or not real_acquire(self._guard, False):
            return  # or another thread sees to it
        try:
            target = self._earliest()
            if target is not None:
                self._move_on(target)
        finally:
            real_release(self._guard)

    def _earliest(self) -> int | None:
        waits = list(self._waits.values())
        if len(waits) <= _count():
            return None  # a thread works, or is in a wait that is not known here
        target = min(wait.deadline for wait in waits)
        if target == NEVER or target <= self.now_ns():
            return None
        if self.has_network:
            real_sleep(DELIVERY_SECONDS)
        may_skip = all(wait.is_idle() for wait in waits) and not _has_children() and not _has_alarm()
        return int(target) if may_skip else None

    def _move_on(self, target: int) -> None:
        ahead_ns = self.skipped_ns + max(target - self.now_ns(), 0)
        if ahead_ns > self._limit_ns:
            self._end()
        self.skipped_ns = ahead_ns
        self._tell(ahead_ns, target - self._start_ns)

    def _let_earlier_ones_go(self, wait: Wait) -> None:
        """Threads whose time has come go on in the order of their deadlines, however the machine wakes them."""
        for _ in range(MOST_TURNS):
            if all(other.order >= wait.order for other in list(self._waits.values())):
                return
            real_sleep(TURN_SECONDS)


def _wake_first(queue: deque[Wait]) -> None:
    for wait in tuple(queue)[:1]:
        wait.wake()


def _has_children() -> bool:
    """Return whether there is a child process, also one that is dead and not reaped."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    except OSError:
        return True
    return True


def _has_alarm() -> bool:
    return signal.getitimer(signal.ITIMER_REAL)[0] > 0

"""Waits for locks and simple queues, on the virtual clock.

Conditions, events, semaphores, barriers, queues, futures and executors are made of these, and stay as they are.
"""

import _queue
import _thread
from collections.abc import Callable
from typing import Any

from service.sandbox.inside.clock import NEVER, Clock
from service.sandbox.inside.replacing import Replacements


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

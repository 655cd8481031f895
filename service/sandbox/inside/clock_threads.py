"""Waits for the end of threads, on the virtual clock, also at the end of the program."""

import _thread
import threading
from collections.abc import Callable
from typing import Any

from service.sandbox.inside.clock import Clock
from service.sandbox.inside.replacing import Replacements


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

"""Waits for descriptors, on the virtual clock: `select`, `poll` and `epoll`.

Selectors, and with them every event loop of asyncio, are made of these, and stay as they are. Reading from a pipe or a
socket that has nothing counts as work, so that time stays real meanwhile.
"""

import _thread
import math
import select
import socket
from collections.abc import Callable
from typing import Any

from service.sandbox.inside.clock import NEVER, SECOND_NS, SHORTEST_LOOK_SECONDS, Clock, real_sleep
from service.sandbox.inside.replacing import Replacements

LATE_NS = 500_000
"""The kernel wakes a thread that polls a little after its time."""
MILLISECOND_NS = 1_000_000
INTERNET = (socket.AF_INET, socket.AF_INET6)


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

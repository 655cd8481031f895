"""A bounded room in front of work that takes a while: so many at work, so many waiting, the rest turned away at once.

An endless queue would only turn a busy minute into time-outs for everyone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from service.errors import Busy


class Admission:
    """Lets `concurrency` callers work and `queue` more wait; belongs to one event loop."""

    def __init__(self, concurrency: int, queue: int, refuse: Callable[[], Busy]) -> None:
        """Take the two bounds and the error for those who find the room full."""
        self._places = asyncio.Semaphore(concurrency)
        self._capacity = concurrency + queue
        self._inside = 0
        self._refuse = refuse

    @property
    def inside(self) -> int:
        """Number of callers that are at work or waiting."""
        return self._inside

    @asynccontextmanager
    async def enter(self) -> AsyncIterator[None]:
        """Hold a place while the block runs; raises the error given at construction when the room is full."""
        if self._inside >= self._capacity:
            raise self._refuse()
        self._inside += 1
        try:
            async with self._places:
                yield
        finally:
            self._inside -= 1

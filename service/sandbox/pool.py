"""A bounded number of processes that wait for a program, so that a run does not wait for its interpreter.

Each is used once and thrown away, so that no run finds anything of another; a new one takes its place in the
background.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from service.sandbox.confinement import Confinement
from service.sandbox.errors import LaunchFailed
from service.sandbox.limits import Limits
from service.sandbox.process import ConfinedProcess

logger = logging.getLogger(__name__)


class WarmPool:
    """Keeps `size` waiting processes of one language; belongs to one event loop."""

    def __init__(self, confinement: Confinement, limits: Limits, size: int) -> None:
        """Take what starts them, and the language's own limits."""
        self._confinement = confinement
        self._limits = limits
        self._size = size
        self._ready: deque[ConfinedProcess] = deque()
        self._filling: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Number of processes that wait for a program."""
        return len(self._ready)

    def refill(self) -> None:
        """Start in the background what is missing, one after the other."""
        if self._size and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill(), name="fill the pool of sandboxes")

    async def filled(self) -> None:
        """Wait until the filling that is under way is done."""
        if self._filling is not None:
            await asyncio.shield(self._filling)

    def take(self) -> ConfinedProcess | None:
        """Return a process that waits for its job, or None; it is the caller's from now on.

        The caller refills when its run has ended, so that starting the next process does not slow it down.
        """
        found = None
        while self._ready and found is None:
            process = self._ready.popleft()
            if process.child.ended.done():  # the machine ran out of memory, for example
                process.discard()
            else:
                found = process
        if not self._ready:
            self.refill()
        return found

    async def close(self) -> None:
        """End what waits and what is being started."""
        self._size = 0
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.wait([self._filling])
        while self._ready:
            await self._ready.popleft().bury()

    async def _fill(self) -> None:
        while len(self._ready) < self._size:
            try:
                process = self._confinement.start(self._limits)
                await process.prepare()
            except (LaunchFailed, OSError) as error:
                logger.error("No process could be made to wait for a program: %s", error)
                return
            self._ready.append(process)

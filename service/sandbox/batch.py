"""The fork servers of a sandbox: started and proven when a batch begins, ended when it has been over for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.sandbox.box import Box
from service.sandbox.canary import prove
from service.sandbox.errors import SandboxError
from service.sandbox.fork_server import ForkServer
from service.sandbox.limits import Limits

IDLE_SECONDS = 10.0

logger = logging.getLogger(__name__)


class ForkServers:
    """As many as run at one time; each is proven by the canary before its first program. Belongs to one event loop."""

    def __init__(self, box: Box, limits: Limits) -> None:
        """Take what their walls are, and the common limits."""
        self._box = box
        self._limits = limits
        self._free: list[ForkServer] = []
        self._refused = False
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[ForkServer | None]:
        """Hold a server while the block runs; None where there can be none: the box itself is always there."""
        if self._idle is not None:
            self._idle.cancel()
        server = await self._server()
        try:
            yield server
        finally:
            if server is not None and server.is_free:
                self._free.append(server)
            elif server is not None:
                await server.close()
            self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_idle)

    async def close(self) -> None:
        """End all of them; none is in use any more."""
        self._refused = True
        if self._idle is not None:
            self._idle.cancel()
        self._end_idle()
        if self._ending:
            await asyncio.wait(self._ending)

    async def _server(self) -> ForkServer | None:
        while self._free:
            server = self._free.pop()
            if server.is_free:
                return server
            await server.close()  # its Python is gone: the machine ran out of memory, for example
        return None if self._refused else await self._new_server()

    async def _new_server(self) -> ForkServer | None:
        """Start a server and prove it. One that can't be proven is not used, and no other is tried."""
        server = None
        try:
            server = await ForkServer.open(self._box, self._box.language.limits(self._limits))
            await prove(server, self._limits)
        except (SandboxError, OSError) as error:
            logger.warning("Programs of a batch are started one by one: %s", error)
            self._refused = True
        except BaseException:
            if server is not None:
                await server.close()
            raise
        if self._refused and server is not None:
            await server.close()
            return None
        return server

    def _end_idle(self) -> None:
        servers, self._free = self._free, []
        for server in servers:
            task = asyncio.get_running_loop().create_task(server.close(), name="end a fork server")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

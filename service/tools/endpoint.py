"""The tools at `/mcp` over streamable HTTP, without sessions: each request stands for itself, so nothing is kept.

The protocol's SDK is loaded by the first request; a service that nobody speaks MCP to starts faster without it.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from service.callers import check_caller
from service.errors import NotReady
from service.state import Application


class ToolTransport:
    """Hands requests to the SDK; opened by the first of them."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._running: asyncio.Task[None] | None = None
        self._manager: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._closing = asyncio.Event()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="tools")
        manager = await asyncio.shield(self._manager)
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is under way."""
        self._closing.set()
        if self._running is not None:
            await self._running
        self._manager.cancel()

    async def _run(self) -> None:
        """Keep the SDK's manager open: its task group has to be left by the task that entered it."""
        try:
            streamable = await asyncio.to_thread(importlib.import_module, "service.tools.streamable")
            manager = streamable.session_manager(self._application)
            async with manager.run():
                self._manager.set_result(manager)
                await self._closing.wait()
        except Exception as error:
            if self._manager.done():
                raise
            self._manager.set_exception(error)


@asynccontextmanager
async def open_tools(application: Application) -> AsyncIterator[ToolTransport]:
    """Offer the tools while the block runs."""
    transport = ToolTransport(application)
    try:
        yield transport
    finally:
        await transport.close()


class ToolEndpoint:
    """The ASGI application at `/mcp`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises NotReady, HostNotAllowed and OriginNotAllowed."""
        request = Request(scope)
        if request.method != "POST":
            # There is no stream to GET and no session to DELETE; the protocol lets a server say so.
            raise HTTPException(405, "MCP clients send POST here.", {"Allow": "POST"})
        state = request.app.state
        if getattr(state, "application", None) is None:
            raise NotReady
        check_caller(request.headers, state.application.settings)
        await state.tools.handle(scope, receive, send)


tool_route = Route("/mcp", ToolEndpoint(), include_in_schema=False)

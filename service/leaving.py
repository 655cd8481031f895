"""Work for a caller who may leave: it ends when the caller does, since nobody would read its result."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from service.errors import CallerLeft

T = TypeVar("T")


async def while_caller_waits(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`; it is cancelled when the caller leaves. Raises CallerLeft, and what `work` does.

    The request's body must have been read.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CallerLeft
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

"""Work ends with the caller that it is for, and otherwise gives what it gives."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import Request
from starlette.types import Message

from service.errors import CallerLeft
from service.leaving import while_caller_waits

pytestmark = pytest.mark.anyio


class Caller:
    """Sends a request without a body, and leaves when it is told to."""

    def __init__(self) -> None:
        self.leaves = asyncio.Event()
        self._sent = False
        self.request = Request({"type": "http", "method": "POST", "headers": []}, self._receive)

    async def _receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}


async def test_work_for_a_caller_that_waits_gives_its_result() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 3

    assert await while_caller_waits(Caller().request, work()) == 3


async def test_work_that_fails_tells_its_error() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await while_caller_waits(Caller().request, work())


async def test_work_is_ended_when_the_caller_leaves() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        caller.leaves.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # it may take a while to end, and is waited for
            ended.set()

    caller = Caller()
    with pytest.raises(CallerLeft):
        await while_caller_waits(caller.request, work())
    assert ended.is_set()


async def test_work_is_ended_when_the_request_is_cancelled() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(while_caller_waits(Caller().request, work()))
    await started.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()

"""The bounded room: so many at work, so many waiting, the rest turned away."""

from __future__ import annotations

import asyncio

import pytest

from service.admission import Admission
from service.errors import TooManyRuns

pytestmark = pytest.mark.anyio


async def test_enter_full_room_refuses_at_once() -> None:
    room = Admission(1, 1, lambda: TooManyRuns(7))
    working, release = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with room.enter():
            working.set()
            await release.wait()

    first = asyncio.create_task(work())
    await working.wait()
    second = asyncio.create_task(work())
    await asyncio.sleep(0)
    assert room.inside == 2
    with pytest.raises(TooManyRuns) as refusal:
        async with room.enter():
            pass
    assert refusal.value.retry_after_seconds == 7
    release.set()
    await asyncio.gather(first, second)
    assert room.inside == 0


async def test_enter_caller_that_gives_up_waiting_frees_its_place() -> None:
    room = Admission(1, 1, lambda: TooManyRuns(1))
    async with room.enter():
        waiting = asyncio.create_task(room.enter().__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert room.inside == 1


async def test_enter_error_inside_frees_the_place() -> None:
    room = Admission(1, 0, lambda: TooManyRuns(1))
    with pytest.raises(ZeroDivisionError):
        async with room.enter():
            raise ZeroDivisionError
    async with room.enter():
        assert room.inside == 1

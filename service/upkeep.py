"""What a service does beside answering: run the examples that no result is known of, take a newer index, forget what is
old. Answers come first: the examples are looked at one by one, and of several processes one does it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from index.read_ahead import read_ahead
from service.example_results import standings_of
from service.generations import Generation
from service.leading import Leading
from service.standings import Placed, Standings
from service.state import Application

log = logging.getLogger("askmd.upkeep")

Told = Callable[[int, int], None]
"""Called with the number of examples that are done, and the number of all that had to be looked at."""
GIVE_WAY_SECONDS = 0.005
PATIENCE_SECONDS = 0.25
"""How long the examples wait for questions that are at work, each: under a load without end they go on slowly."""


@asynccontextmanager
async def kept_current(application: Application) -> AsyncIterator[None]:
    """Keep the application current in the background while the block runs."""
    background = asyncio.create_task(keep_current(application), name="keep current")
    try:
        yield
    finally:
        await _stop(background)


async def keep_current(application: Application) -> None:
    """Make ready what questions need, verify the examples of every index that is taken, and meanwhile watch for a newer
    one and for old questions.
    """
    leading = Leading(application.settings.data)
    read: Generation | None = None
    verified: Generation | None = None
    verifying: asyncio.Task[None] | None = None
    try:
        while True:
            newest = application.generations.newest
            if newest is not read:
                await make_ready(application)
                read = newest
            if newest is not verified and leading.claim():
                await _stop(verifying)
                verifying = asyncio.create_task(verify_missing(application), name="verify")
                verified = newest
            if not application.settings.reload_seconds:
                await (verifying or asyncio.sleep(0))
                return
            await asyncio.sleep(application.settings.reload_seconds)
            application.question_log.purge_when_due()
            await application.take_newer_index()
    finally:
        await _stop(verifying)
        leading.release()


async def make_ready(application: Application) -> None:
    """Do beforehand what the first questions would wait for: prepare the model, and read what they will look at."""
    try:
        await asyncio.to_thread(application.embedder.prepare)
        async with application.generations.hold() as generation:
            await asyncio.to_thread(read_ahead, generation.index)
    except Exception:  # the question that needs it does it then
        log.exception("Not everything could be made ready for the first questions")


async def verify_missing(application: Application) -> None:
    """Run the examples that no result is known of; one place is left for those who press Run meanwhile."""

    def count(done: int, total: int) -> None:
        application.results_known += 1

    async def give_way() -> None:
        patience = time.monotonic() + PATIENCE_SECONDS
        while application.questions.inside and time.monotonic() < patience:  # noqa: ASYNC110  (who leaves tells nobody)
            await asyncio.sleep(GIVE_WAY_SECONDS)

    places = max(1, application.settings.run_concurrency - 1)
    try:
        async with application.generations.hold() as generation:
            await prove_missing(standings_of(application, generation), places, count, give_way)
    except Exception:  # answers do not depend on it
        log.exception("The examples could not be verified")


async def prove_missing(
    standings: Standings,
    concurrency: int,
    told: Told | None = None,
    give_way: Callable[[], Awaitable[object]] | None = None,
) -> None:
    """Look at every example of which it is not known how it stands, and run those that no result is known of.

    `give_way` is awaited before each.
    """
    missing = await asyncio.to_thread(standings.missing)
    waiting = iter(missing)
    done = 0

    async def prove_some() -> None:
        nonlocal done
        for place in waiting:
            if give_way is not None:
                await give_way()
            await _prove(standings, place)
            done += 1
            if told is not None:
                told(done, len(missing))

    standings.being_filled = True
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(prove_some())
    finally:
        standings.being_filled = False
    await asyncio.to_thread(standings.drop_unused)


async def _prove(standings: Standings, place: Placed) -> None:
    found = await asyncio.to_thread(standings.look_up, place)
    if found and not found.complete:
        await standings.runner.run(found.proven.example, batch=True)
        await asyncio.to_thread(standings.look_up, place)


async def _stop(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end; who is cancelled meanwhile is, too. Raises what the task failed by."""
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

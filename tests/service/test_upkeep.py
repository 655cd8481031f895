"""What a service does beside answering ends when the service does, whatever it was about to do."""

from __future__ import annotations

import asyncio

import pytest

from service import upkeep
from service.leading import Leading
from service.settings import Settings
from service.state import Application, open_application, open_generation
from service.upkeep import kept_current

pytestmark = pytest.mark.anyio


async def test_service_stops_while_the_verifying_of_an_older_index_ends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, ending = asyncio.Event(), asyncio.Event()
    async with open_application(settings.model_copy(update={"reload_seconds": 0.01})) as application:

        async def verify(served: Application) -> None:
            if served is not application:
                return  # that of other tests
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ending.set()
                await asyncio.sleep(0)

        monkeypatch.setattr(upkeep, "verify_missing", verify)
        monkeypatch.setattr(Leading, "claim", lambda _: True)
        async with asyncio.timeout(10), kept_current(application):
            await started.wait()
            started.clear()
            application.generations.replace(open_generation(settings, application.embedder, None))
            await ending.wait()
        assert not started.is_set(), "nothing new was begun"

"""The application over time: opened, kept current while the index changes, and closed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from index.errors import IndexMismatch, IndexNotBuilt
from service.app import create_app
from service.settings import Settings
from service.state import Application, open_application
from service.upkeep import verify_missing
from tests.service.building import build

pytestmark = pytest.mark.anyio


@pytest.fixture
def changing(settings: Settings, tmp_path: Path) -> Settings:
    """Copy the small notes to a place where a test can change them; no background watch, so that tests decide when."""
    notes = shutil.copytree(settings.notes, tmp_path / "notes")
    changing = settings.model_copy(update={"notes": notes, "data": tmp_path / "data", "reload_seconds": 0.0})
    build(changing)
    return changing


@pytest.fixture
async def changing_app(changing: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(changing)
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes")


async def test_newer_index_is_served_without_a_restart(changing: Settings, changing_app: FastAPI) -> None:
    application: Application = changing_app.state.application
    async with client_of(changing_app) as client:
        first = await client.get("/ask", params={"q": "How loud is the kettle's whistle?"})
        assert first.json()["answered"] is False
        (changing.notes / "whistle.md").write_text("# Whistle\n\nThe kettle's whistle is 80 decibels loud.\n")
        build(changing)
        assert await application.take_newer_index()
        headers = {"If-None-Match": first.headers["etag"]}
        second = await client.get("/ask", params={"q": "How loud is the kettle's whistle?"}, headers=headers)
        assert "80 decibels" in second.json()["answer"]["text"]
        assert (await client.get("/whistle.md")).status_code == 200


async def test_newer_index_request_under_way_keeps_its_own(changing: Settings, changing_app: FastAPI) -> None:
    application: Application = changing_app.state.application
    async with application.generations.hold() as held:
        (changing.notes / "new.md").write_text("# New\n\nSomething new.\n")
        build(changing)
        assert await application.take_newer_index()
        assert held.index.page("guide/boiling.md") is not None
        assert held.index.page("new.md") is None
    async with application.generations.hold() as newer:
        assert newer.index.page("new.md") is not None


async def test_same_index_is_not_opened_again(changing_app: FastAPI) -> None:
    assert not await changing_app.state.application.take_newer_index()


async def test_newer_index_not_usable_leaves_the_old_one_and_is_told(changing: Settings, changing_app: FastAPI) -> None:
    (changing.data / "current.json").write_text('{"generation": "gone"}')
    assert not await changing_app.state.application.take_newer_index()
    async with client_of(changing_app) as client:
        assert (await client.get("/ask", params={"q": "When does water boil?"})).status_code == 200
        assert "askmd index" in (await client.get("/readyz")).json()["newer_index"]


async def test_examples_are_verified_in_the_background(changing: Settings) -> None:
    async with open_application(changing) as application:
        await verify_missing(application)
        example = application.generations.newest.index.page_examples("guide/boiling.md")[0]
        proven = application.runner.cached(example)
        assert proven.run is not None
        assert proven.run.stdout == "95.0\n"


async def test_open_application_without_index_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(IndexNotBuilt, match="askmd index"):
        async with open_application(settings.model_copy(update={"data": tmp_path})):
            pass


async def test_open_application_index_of_another_model_is_refused(changing: Settings) -> None:
    manifest = next(changing.data.glob("generations/*/manifest.json"))
    manifest.write_text(manifest.read_text().replace('"all-MiniLM-L6-v2"', '"another"'))
    with pytest.raises(IndexMismatch, match="another"):
        async with open_application(changing):
            pass


async def test_newer_index_is_found_by_the_watch(changing: Settings) -> None:
    app = create_app(changing.model_copy(update={"reload_seconds": 0.02}))
    async with app.router.lifespan_context(app), client_of(app) as client, asyncio.timeout(30):
        (changing.notes / "new.md").write_text("# New\n\nSomething new.\n")
        await asyncio.to_thread(build, changing)
        while (await client.get("/new.md")).status_code == 404:  # noqa: ASYNC110  (the watch tells nobody)
            await asyncio.sleep(0.02)

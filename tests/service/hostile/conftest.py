"""Notes that try to be more than notes, served by an application of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.settings import Settings, load_settings
from service.state import open_application
from tests.service.building import build
from tests.service.hostile.notes import PAGES


@pytest.fixture(scope="session")
def hostile_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("hostile")
    for path, text in PAGES.items():
        page = folder / "notes" / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(text.encode())
    own = load_settings({}, notes=folder / "notes", data=folder / "data", models=settings.models)
    build(own)
    return own


@pytest.fixture(scope="session")
async def hostile_app(hostile_settings: Settings) -> AsyncIterator[FastAPI]:
    """Open the application without its lifespan, which would run the examples meanwhile."""
    app = create_app(hostile_settings)
    async with open_application(hostile_settings) as app.state.application:
        yield app


@pytest.fixture
async def hostile(hostile_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(hostile_app), base_url="http://localhost") as client:
        yield client

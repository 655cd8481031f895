"""What the service's tests share: a few real pages with their index, and an application that answers from them."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from scripts.serving import served
from service.app import create_app
from service.commands.verify import prove, read_examples
from service.settings import Settings, load_settings, variables
from service.state import open_application
from tests.service.building import build
from tests.service.servers import Server

NOTES = Path(__file__).parent / "notes"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, on one loop for the whole session."""
    return "asyncio"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Build the index of the small notes and run their examples, once."""
    settings = load_settings(
        {}, notes=NOTES, data=tmp_path_factory.mktemp("data"), run_timeout_seconds=8.0, run_cpu_seconds=1
    )
    build(settings)
    asyncio.run(prove(settings, read_examples(settings)))
    return settings


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """Open the application over the small notes."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to the application; an error that it does not answer would reach the test."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        yield client


@pytest.fixture(scope="session")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small notes from a real process, which keeps what it writes to itself."""
    folder = tmp_path_factory.mktemp("server")
    own = settings.model_copy(update={"data": shutil.copytree(settings.data, folder / "data")})
    log = folder / "log"
    with log.open("w") as file, served("--no-build", environment=variables(own), log=file) as url:
        yield Server(url, own, log)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Wait while another of the processes that run the tests builds there."""
    with (folder / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
async def shipped(pytestconfig: pytest.Config) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to an application over the shipped notes; their index is kept between runs, their examples are not run."""
    settings = load_settings({}, data=pytestconfig.cache.mkdir("shipped"), log_questions="none")
    with only_one(settings.data):
        build(settings)
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        open_application(settings) as app.state.application,  # and not the lifespan, which would run examples
        httpx.AsyncClient(transport=transport, base_url="http://notes") as client,
    ):
        yield client

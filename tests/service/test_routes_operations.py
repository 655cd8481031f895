"""Health, readiness, the description of the service, and its page."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.app import create_app
from service.problems import KINDS
from service.settings import Settings
from tests.tiny_models import save_cross_encoder

pytestmark = pytest.mark.anyio


async def test_healthz_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_readyz_tells_index_sandbox_and_examples(client: httpx.AsyncClient) -> None:
    body = (await client.get("/readyz")).json()
    assert body["status"] == "ready"
    assert body["index"]["pages"] == 4
    assert body["index"]["model"] == "all-MiniLM-L6-v2"
    assert body["reranker"] == ""
    assert body["backend"] == "openvino"
    assert body["sandbox"]["available"] is True
    assert body["sandbox"]["does_not_stop"]
    assert body["examples"] == {"ok": 3, "not_runnable": 1, "cpu_limit": 1, "error": 1}


async def test_reranker_of_the_settings_is_shown_and_answers(settings: Settings, tmp_path: Path) -> None:
    save_cross_encoder(tmp_path)
    app = create_app(settings.model_copy(update={"reranker": str(tmp_path)}))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.get("/readyz")).json()["reranker"] == str(tmp_path)
        body = (await client.get("/ask", params={"q": "How hot should the water for green tea be?"})).json()
    assert body["excerpts"]


async def test_not_opened_application_is_alive_and_not_ready(settings: Settings) -> None:
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        assert (await client.get("/healthz")).status_code == 200
        for address in ("/readyz", "/ask?q=x", "/guide/boiling.md"):
            response = await client.get(address)
            assert response.status_code == 503
            assert response.headers["retry-after"] == "1"


async def test_docs_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"""(src|href)=["'](https?:)?//""", response.text)
    assert "<script" not in response.text
    assert "max_chars" in response.text


async def test_docs_explains_every_kind_of_problem(client: httpx.AsyncClient) -> None:
    text = (await client.get("/docs")).text
    for kind in KINDS.values():
        assert f'id="{kind.type.partition("#")[2]}"' in text


async def test_every_route_error_is_a_problem(client: httpx.AsyncClient, app: FastAPI) -> None:
    for route in (path for path in app.openapi()["paths"] if not path.startswith("/v1/")):
        address = route.replace("{address}", "guide").replace("{example_id}", "x")
        response = await client.request("PATCH", address)
        assert response.status_code == 405, address
        assert response.json().keys() >= {"type", "title", "status", "detail", "instance", "request_id"}

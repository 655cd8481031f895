"""What stands around every request: ids, log lines, headers, HEAD, and the bound on bodies."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from service.middleware import HTML_POLICY, BodyBound, HeadAsGet, RequestFrame, accepted_request_id
from service.problems import add_problem_handlers

MAX_BYTES = 1_000


def small_app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(BodyBound, max_bytes=MAX_BYTES)
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestFrame)
    add_problem_handlers(app)

    @app.get("/html")
    async def html() -> HTMLResponse:
        return HTMLResponse("<p>hello")

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("the secret detail")

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(small_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        yield client


pytestmark = pytest.mark.anyio


async def test_request_id_given_comes_back(client: httpx.AsyncClient) -> None:
    response = await client.get("/html", headers={"X-Request-ID": "abc-123"})
    assert response.headers["X-Request-ID"] == "abc-123"


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "tab\t", "né"])
async def test_request_id_not_usable_is_replaced(given: str) -> None:
    made = accepted_request_id(given)
    assert made != given
    assert len(made) == 32


async def test_html_gets_the_strict_policy(client: httpx.AsyncClient) -> None:
    response = await client.get("/html")
    assert response.headers["Content-Security-Policy"] == HTML_POLICY
    assert "unsafe" not in HTML_POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_head_any_route_answers_without_body(client: httpx.AsyncClient) -> None:
    response = await client.head("/html")
    assert response.status_code == 200
    assert response.content == b""
    assert response.headers["content-length"] == "8"


async def test_unexpected_error_is_logged_in_full_and_answered_without_detail(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get("/broken", headers={"X-Request-ID": "find-me"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == "find-me"
    assert "secret" not in response.text
    record = next(record for record in caplog.records if record.name == "askmd.problems")
    assert "find-me" in record.getMessage()
    assert record.exc_info is not None
    assert "the secret detail" in str(record.exc_info[1])


async def test_framework_error_has_the_same_shape(client: httpx.AsyncClient) -> None:
    response = await client.delete("/html")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert response.json().keys() == {"type", "title", "status", "detail", "instance", "request_id"}


async def test_body_over_the_bound_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/echo", content=b"x" * (MAX_BYTES + 1))
    assert response.status_code == 413
    assert response.json()["title"] == "Body too large"


async def test_body_in_pieces_over_the_bound_is_refused(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BYTES):
            yield b"xx"

    response = await client.post("/echo", content=pieces())
    assert response.status_code == 413


async def test_body_within_the_bound_arrives_whole(client: httpx.AsyncClient) -> None:
    response = await client.post("/echo", content=b"x" * MAX_BYTES)
    assert response.json() == MAX_BYTES


async def test_access_log_line_holds_no_query(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "askmd.access")
    await client.get("/html?q=private", headers={"X-Request-ID": "r1"})
    line = next(record.getMessage() for record in caplog.records if record.name == "askmd.access")
    assert line.startswith("method=GET path=/html status=200 bytes=8 duration_ms=")
    assert line.endswith("request_id=r1")

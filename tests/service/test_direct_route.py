"""A direct route replies as FastAPI's own way through dependencies would, whatever the query, and is described so."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.app import create_app
from service.direct_route import DirectRoute
from service.settings import Settings

pytestmark = pytest.mark.anyio

QUERIES = [
    *("", "?", "?q", "?q=", "?q=%00", "?q=%ff%fe", "?q=x&&&", "?=x", "?q[]=x", "?Q=x", "?q=%F0%9F%98%80+%C3%A9"),
    *("?q=a&q=b", "?q=a&ask=a", "?q=a&ask=b", "?q=x&foo=1", "?q=x&foo=1&foo=2", "?q=x&limit=3", "?request=1&scope=1"),
    *("?q=x&k=", "?q=x&k=0", "?q=x&k=1.0", "?q=x&k=%2B1", "?q=x&k=1_0", "?q=x&k=true", "?q=x&k=" + "9" * 5_000),
    *("?q=x&scope=SITE", "?q=x&scope=page", "?q=x&format=", "?q=x&max_chars=199", "?q=x&skip=-1", "?q=" + "a" * 2_001),
    *("?q=x&page=nowhere", "?displayAgentInstructions=", "?displayAgentInstructions=maybe", "?model_config=1"),
]
CHANGING = frozenset({"content-length", "etag"})
"""The length goes by the time that an answer took, the tag by the examples that are looked at meanwhile."""


async def replies(app: FastAPI, path: str) -> list[tuple[int, dict[str, str], str]]:
    """Ask all queries at a path; without what differs from one request to the next."""
    found = []
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        for query in QUERIES:
            response = await client.get(path + query, headers={"X-Request-ID": "same"})
            text = re.sub(r'"took_ms":[\d.e-]+', "", response.text)
            headers = {name: value for name, value in response.headers.items() if name not in CHANGING}
            found.append((response.status_code, headers, text))
    return found


@pytest.mark.parametrize("path", ["/ask", "/guide/boiling.md", "/guide/boiling", "/nothing.md"])
async def test_direct_route_replies_as_the_framework_does(
    settings: Settings, app: FastAPI, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    direct, by_framework = create_app(settings), create_app(settings)
    not_ready = await replies(direct, path)
    with monkeypatch.context() as patch:
        # The framework asks for a route's handler when the route is first needed.
        patch.setattr(DirectRoute, "get_route_handler", APIRoute.get_route_handler)
        assert not_ready == await replies(by_framework, path)
        assert direct.openapi() == by_framework.openapi()
    assert not_ready[0][0] == 503
    direct.state.application = by_framework.state.application = app.state.application
    ready = await replies(direct, path)
    assert ready == await replies(by_framework, path)
    assert 422 in {status for status, *_ in ready}

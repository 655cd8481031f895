"""`/mcp` under conditions that no well-behaved client makes: other names, other sites, many at once, gone half-way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from mcp import Client

from tests.service.servers import Server

pytestmark = pytest.mark.anyio

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
ENDLESS = "guide/timers.md"


def message(method: str = "tools/list", **parameters: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}


async def sent(server: Server, headers: dict[str, str], method: str = "POST") -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url) as client:
        content = json.dumps(message()) if method == "POST" else None
        return await client.request(method, "mcp", content=content, headers=HEADERS | headers)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:1", "notes.localhost", "192.0.2.7"])
async def test_mcp_under_a_name_that_cannot_be_turned_answers(server: Server, host: str) -> None:
    response = await sent(server, {"Host": host})
    assert response.status_code == 200
    assert len(response.json()["result"]["tools"]) == 5


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[", "a b"]
)
async def test_mcp_under_another_name_is_refused(server: Server, host: str) -> None:
    response = await sent(server, {"Host": host})
    assert response.status_code == 421
    assert "ASKMD_ALLOWED_HOSTS" in response.json()["detail"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "http://[", "x"])
async def test_mcp_from_a_page_of_another_site_is_refused(server: Server, origin: str) -> None:
    response = await sent(server, {"Origin": origin})
    assert response.status_code == 403
    assert response.json()["title"] == "Origin not allowed"


@pytest.mark.parametrize("origin", ["http://localhost:6274", "http://127.0.0.1:3000"])
async def test_mcp_from_a_page_of_this_machine_answers(server: Server, origin: str) -> None:
    assert (await sent(server, {"Origin": origin})).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_mcp_other_methods_are_not_there(server: Server, method: str) -> None:
    response = await sent(server, {}, method)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, -32700),
        (b"[]", 400, -32602),
        (b"\xff\xfe", 400, -32700),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}', 200, -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 5}}', 200, -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', 200, -32602),
    ],
)
async def test_mcp_message_that_is_none_is_an_error_of_the_protocol(
    server: Server, content: bytes, status: int, code: int
) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        response = await client.post("mcp", content=content, headers=HEADERS)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


async def test_mcp_message_over_the_bound_is_refused(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        response = await client.post("mcp", content=b" " * 70_000, headers=HEADERS)
    assert (response.status_code, response.json()["title"]) == (413, "Body too large")


async def test_mcp_many_clients_at_once_each_get_their_answer(server: Server) -> None:
    questions = [f"At which temperature does water boil in kettle {number}?" for number in range(12)]

    async def ask(question: str) -> str:
        async with Client(f"{server.url}mcp") as client:
            result = await client.call_tool("askQuestion", {"question": question})
        assert isinstance(result.structured_content, dict)
        return str(result.structured_content["question"])

    assert await asyncio.gather(*map(ask, questions)) == questions


async def test_mcp_client_that_leaves_half_way_disturbs_nobody(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        listed = (await client.get("examples", params={"page": ENDLESS})).json()["examples"]
        endless = next(example for example in listed if "while True" in example["code"])
        call = message("tools/call", name="runExample", arguments={"id": endless["id"]})
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                await client.post("mcp", json=call, headers=HEADERS, timeout=0.2)
        assert (await client.get("healthz")).status_code == 200
    async with Client(f"{server.url}mcp") as tools:
        result = await tools.call_tool("askQuestion", {"question": "At which temperature does water boil?"})
    assert isinstance(result.structured_content, dict)
    assert result.structured_content["answered"]
    assert "Traceback" not in server.log.read_text()

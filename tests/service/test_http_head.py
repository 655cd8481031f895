"""A request's head has a bound, however it comes; what follows on the same connection is counted anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from service.commands.serve import listen
from service.http_head import MOST_HEAD_BYTES, BoundedHeadProtocol

pytestmark = pytest.mark.anyio


async def sizes(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the number of bytes in the request's body and in its query."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} {len(scope['query_string'])}")(scope, receive, send)


class Started(uvicorn.Server):
    """Tells when it answers."""

    ready: asyncio.Event

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # type: ignore[arg-type]
        self.ready.set()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Serve on the running loop, with the protocol under test."""
    server = Started(uvicorn.Config(sizes, http=BoundedHeadProtocol, lifespan="off", log_config=None))
    server.ready = asyncio.Event()
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server._serve([listener]))
        await server.ready.wait()
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


async def exchange(port: int, request: bytes) -> bytes:
    """Send a request and return all that comes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await reader.read()
    except ConnectionResetError:  # it closed while more was on its way
        return b""
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_head_over_the_bound_is_refused_and_the_connection_closed(port: int) -> None:
    endless = b"GET / HTTP/1.1\r\nX: " + b"x" * (MOST_HEAD_BYTES + 100_000)
    answer = await exchange(port, endless)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


async def test_head_below_the_bound_is_read(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + b"x" * (MOST_HEAD_BYTES // 2) + b"\r\n\r\n"
    assert (await exchange(port, request)).startswith(b"HTTP/1.1 200 ")


async def test_bodies_and_many_requests_on_one_connection_are_no_head(port: int) -> None:
    body = b"x" * (MOST_HEAD_BYTES // 2)
    one = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    last = one.replace(b"Host: x", b"Host: x\r\nConnection: close")
    answer = await exchange(port, one * 4 + last)
    assert answer.count(b"HTTP/1.1 200 ") == 5


async def test_query_longer_than_the_parser_takes_arrives_whole(port: int) -> None:
    question = b"q=" + b"%3F" * 100_000
    answer = await exchange(port, b"GET /?" + question + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n0 %d" % len(question))


async def test_path_longer_than_the_parser_takes_is_refused(port: int) -> None:
    answer = await exchange(port, b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")

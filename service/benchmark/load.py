"""Ask many questions at once, from a process of its own, so that measuring costs the measured service little.

`python -m service.benchmark.load` reads a JSON object (host, port, paths, parallel) from standard input and writes the
times. Connections are kept open, one for each question that is under way; a response is parsed by the C parser that the
server uses too.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode, urlsplit

import httptools

from service.benchmark.errors import LoadFailed
from service.settings import PROJECT

LIMIT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Load:
    """How a number of requests went."""

    times_ms: list[float]
    """Of those that were answered with 200, each from its first byte out to its last byte in."""
    lost: int
    """Requests that were answered otherwise, or not at all."""
    seconds: float
    client_cpu_seconds: float
    received_bytes: int


def ask_all(url: str, questions: Sequence[str], parallel: int, path: str = "ask") -> Load:
    """Ask questions, so many at a time, and wait for all answers. Raises LoadFailed."""
    address = urlsplit(url)
    paths = [f"/{path}?{urlencode({'q': question})}" for question in questions]
    order = {"host": address.hostname, "port": address.port, "paths": paths, "parallel": parallel}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "service.benchmark.load"],
            cwd=PROJECT,
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise LoadFailed(error.stderr) from error
    except subprocess.TimeoutExpired as error:
        raise LoadFailed(f"not done after {LIMIT_SECONDS} seconds") from error
    return Load(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """Sends one request after another and waits for each answer."""

    def __init__(self, host: str) -> None:
        self._head = f" HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode()
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[int] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._closed = asyncio.Event()
        self.received = 0

    async def get(self, path: str) -> int:
        """Return the status of the answer once all of it is there. Raises ConnectionError."""
        if self._transport is None:
            raise ConnectionError
        self._answered = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(b"GET " + path.encode() + self._head)
        return await self._answered

    async def close(self) -> None:
        """Close the connection and wait until it is."""
        if self._transport is not None:
            self._transport.close()
        await self._closed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (a TCP connection)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.received += len(body)

    def on_message_complete(self) -> None:
        if self._answered is not None:
            self._answered.set_result(self._parser.get_status_code())

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._closed.set()
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError())


async def load(host: str, port: int, paths: Sequence[str], parallel: int) -> Load:
    """Request all paths over so many connections."""
    waiting = iter(paths)
    times_ms: list[float] = []
    received = 0

    async def client() -> None:
        nonlocal received
        connection = await _connect(host, port)
        for path in waiting:
            begun = time.perf_counter()
            try:
                status = await connection.get(path)
            except ConnectionError:
                received += connection.received
                connection = await _connect(host, port)
                continue
            if status == 200:
                times_ms.append((time.perf_counter() - begun) * 1000)
        received += connection.received
        await connection.close()

    begun, cpu_begun = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(parallel)))
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu_begun
    return Load(times_ms, len(paths) - len(times_ms), seconds, cpu_seconds, received)


async def _connect(host: str, port: int) -> _Connection:
    _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(host), host, port)
    return connection


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(load(**json.load(sys.stdin))))))

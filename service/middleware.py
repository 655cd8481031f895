"""What happens around every request: its id, its line in the log, the headers of every answer, and a bound on its body.

Plain ASGI, so that streamed answers stay streamed.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLarge
from service.logs import ACCESS, quoted
from service.problems import problem_response

access_log = logging.getLogger(ACCESS)

REQUEST_ID = "X-Request-ID"
REQUEST_ID_CHARS = 128
_IDS = random.Random()  # noqa: S311  (it need not be secret, and the system's randomness costs a call each time)

HTML_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OTHER_POLICY = "default-src 'none'; frame-ancestors 'none'"


class RequestFrame:
    """Gives each request an id, each answer its headers and each exchange a line in the log; answers the unexpected.

    It stands outermost, so that an error nobody expected is answered in the same shape, with the same headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = accepted_request_id(Headers(scope=scope).get(REQUEST_ID, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        exchange = _Exchange(send, request_id)
        try:
            await self.app(scope, receive, exchange.send)
        except Exception as error:  # the last place where an answer can still be given
            response = problem_response(Request(scope), error)
            if not exchange.status:
                await response(scope, receive, exchange.send)
        finally:
            access_log.info(exchange.line(scope))


class _Exchange:
    """One answer on its way out: adds the headers, and counts what the log line tells."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self._started = time.perf_counter()
        self._bytes = 0
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._request_id
            add_security_headers(headers, self.status)
        self._bytes += len(message.get("body", b""))
        await self._send(message)

    def line(self, scope: Scope) -> str:
        """Write the log line; it holds no question, since the query string is left out."""
        took_ms = (time.perf_counter() - self._started) * 1000
        pairs = {
            "method": scope["method"],
            "path": scope["path"],
            "status": self.status,
            "bytes": self._bytes,
            "duration_ms": f"{took_ms:.1f}",
            "request_id": self._request_id,
        }
        return " ".join(f"{name}={quoted(value)}" for name, value in pairs.items())


class HeadAsGet:
    """Answers HEAD as GET without the body, for every route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HEAD passes through."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)


class BodyBound:
    """Refuses a request body over the bound before any route sees it."""

    def __init__(self, app: ASGIApp, max_bytes: int, max_bytes_of: Mapping[str, int] | None = None) -> None:
        """Take the bound, and other bounds by path."""
        self.app = app
        self.max_bytes = max_bytes
        self.max_bytes_of = max_bytes_of or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, at most up to the bound, and hand it on in one piece."""
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        max_bytes = self.max_bytes_of.get(scope["path"], self.max_bytes)
        messages = await self._read(receive, max_bytes)
        if messages is None:
            await problem_response(Request(scope), BodyTooLarge(max_bytes))(scope, receive, send)
            return
        waiting = iter(messages)

        async def replay() -> Message:
            return next(waiting, None) or await receive()

        await self.app(scope, replay, send)

    async def _read(self, receive: Receive, max_bytes: int) -> Sequence[Message] | None:
        """Return the body's messages, or None when it is over the bound."""
        messages: list[Message] = []
        size = 0
        while not messages or messages[-1].get("more_body", False):
            messages.append(await receive())
            size += len(messages[-1].get("body", b""))
            if size > max_bytes:
                return None
        return messages


def add_security_headers(headers: MutableHeaders, status: int) -> None:
    """Add what keeps a browser from doing more with an answer than show it."""
    if status != 304:  # a 304 has no type to choose by, and its headers would replace those that the browser kept
        is_html = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", HTML_POLICY if is_html else OTHER_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")


def accepted_request_id(given: str) -> str:
    """Return the client's id when it is printable ASCII of a sane length, else a new one."""
    if 0 < len(given) <= REQUEST_ID_CHARS and all("!" <= character <= "~" for character in given):
        return given
    return f"{_IDS.getrandbits(128):032x}"

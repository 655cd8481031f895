"""A typed client of the service, for programs: `Client` and, with the same methods to await, `AsyncClient`.

    from service.client import Client

    with Client("http://127.0.0.1:8000") as notes:
        answer = notes.ask("What does asyncio.gather return?")
        if answer.answer:
            print(answer.answer.text)

Results are the bodies of the HTTP contract. A busy service (429, 503) is asked again after the time it names, a few
times at most.

ClientError
├── ServerNotReached     no answer came: wrong address, service down, or too slow
├── RequestRefused       the service answered with a problem; it tells which, and what is wrong with which parameter
│   └── ServerBusy       still busy after the last attempt; says when to come back
└── AnswerNotUnderstood  what came is no answer of this service
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from service.errors import FieldError, ServiceError
from service.schemas import AnswerBody, ExampleBody, ExamplesBody, GapsBody, ReadyBody, ReportedBody, SearchBody

TIMEOUT_SECONDS = 30.0
ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 10.0
"""A service that asks for more patience is given up at once."""
BUSY = frozenset({429, 503})

Scope = Literal["site", "section", "page"]
Run = Literal["cached", "live", "off"]
Clock = Literal["virtual", "real"]
Result = TypeVar("Result", bound=BaseModel)


class ClientError(ServiceError):
    """Base of all errors of the client."""


class ServerNotReached(ClientError):
    """No answer came."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"No answer from {url}: {reason}. Is the service running there? `askmd serve` starts one.")
        self.url = url


class RequestRefused(ClientError):
    """The service answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Keep the parts of the problem."""
        self.status = status
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.request_id = str(problem.get("request_id", ""))
        given = problem.get("errors") or []
        self.errors = tuple(FieldError(str(each.get("field")), str(each.get("message"))) for each in given)
        super().__init__(f"{self.title or 'Refused'} ({status}): {self.detail}")


class ServerBusy(RequestRefused):
    """The service is still busy after the last attempt."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after_seconds: float) -> None:
        super().__init__(status, problem)
        self.retry_after_seconds = retry_after_seconds


class AnswerNotUnderstood(ClientError):
    """What came is no answer of this service, or one of a version too new for this client."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Result]):
    """One request and the form of its result."""

    method: str
    path: str
    result: type[Result]
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None

    def options(self) -> dict[str, Any]:
        """Return what httpx takes, without the parameters that were not given."""
        query = {name: value for name, value in self.query.items() if value not in (None, "")}
        return {"params": query, "json": self.json, "headers": {"Accept": "application/json"}}

    def read(self, response: httpx.Response) -> Result:
        """Read the answer. Raises RequestRefused, ServerBusy and AnswerNotUnderstood."""
        if not response.is_success:
            raise _refusal(response)
        try:
            return self.result.model_validate_json(response.content)
        except ValidationError as error:
            raise AnswerNotUnderstood(f"{response.url} answers otherwise than askmd does: {error}") from error


class _Calls:
    """The requests that both clients send."""

    @staticmethod
    def ask(question: str, **options: Any) -> Call[AnswerBody]:
        return Call("GET", "/ask", AnswerBody, {"q": question, **options})

    @staticmethod
    def search(query: str, **options: Any) -> Call[SearchBody]:
        return Call("GET", "/search", SearchBody, {"q": query, **options})

    @staticmethod
    def examples(**options: Any) -> Call[ExamplesBody]:
        return Call("GET", "/examples", ExamplesBody, options)

    @staticmethod
    def example(example_id: str) -> Call[ExampleBody]:
        return Call("GET", f"/examples/{quote(example_id, safe='')}", ExampleBody)

    @staticmethod
    def run(example_id: str, clock: Clock) -> Call[ExampleBody]:
        return Call("POST", f"/run/{quote(example_id, safe='')}", ExampleBody, {"clock": clock})

    @staticmethod
    def report(content: str, page: str, goal: str) -> Call[ReportedBody]:
        return Call("POST", "/feedback", ReportedBody, json={"content": content, "page": page, "goal": goal})

    @staticmethod
    def gaps() -> Call[GapsBody]:
        return Call("GET", "/gaps.md", GapsBody, {"format": "json"})

    @staticmethod
    def ready() -> Call[ReadyBody]:
        return Call("GET", "/readyz", ReadyBody)


class Client:
    """Asks the service, and waits for the answer. Use it as a context manager, or call `close`."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        attempts: int = ATTEMPTS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take the service's address; `attempts` counts the first one. Raises ServerNotReached for no address."""
        self._http = httpx.Client(base_url=_checked(url), timeout=timeout_seconds, transport=transport)
        self._attempts = max(1, attempts)

    def ask(
        self,
        question: str,
        *,
        goal: str = "",
        page: str = "",
        scope: Scope = "site",
        k: int | None = None,
        run: Run = "cached",
        clock: Clock = "virtual",
    ) -> AnswerBody:
        """Answer a question from the notes; `k` is the number of excerpts."""
        return self._send(_Calls.ask(question, goal=goal, page=page, scope=scope, k=k, run=run, clock=clock))

    def search(
        self, query: str, *, goal: str = "", page: str = "", scope: Scope = "site", k: int | None = None
    ) -> SearchBody:
        """Find the best excerpts."""
        return self._send(_Calls.search(query, goal=goal, page=page, scope=scope, k=k))

    def examples(
        self, *, status: str = "", verdict: str = "", page: str = "", limit: int = 200, skip: int = 0
    ) -> ExamplesBody:
        """List the examples of the notes with their last results."""
        return self._send(_Calls.examples(status=status, verdict=verdict, page=page, limit=limit, skip=skip))

    def example(self, example_id: str) -> ExampleBody:
        """Show one example with its last result."""
        return self._send(_Calls.example(example_id))

    def run(self, example_id: str, *, clock: Clock = "virtual") -> ExampleBody:
        """Run an example of the notes now."""
        return self._send(_Calls.run(example_id, clock))

    def report(self, content: str, *, page: str = "", goal: str = "") -> ReportedBody:
        """Report a problem with the notes."""
        return self._send(_Calls.report(content, page, goal))

    def gaps(self) -> GapsBody:
        """List what the notes lack."""
        return self._send(_Calls.gaps())

    def ready(self) -> ReadyBody:
        """Tell which index answers, and how examples are isolated."""
        return self._send(_Calls.ready())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, call: Call[Result]) -> Result:
        for attempt in range(1, self._attempts + 1):
            try:
                response = self._http.request(call.method, call.path, **call.options())
            except httpx.HTTPError as error:
                raise _unreached(self._http.base_url, error) from error
            wait_seconds = _wait(response, is_last=attempt == self._attempts)
            if wait_seconds is None:
                break
            time.sleep(wait_seconds)
        return call.read(response)


class AsyncClient:
    """The same to await. Use it as an asynchronous context manager, or await `close`."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        attempts: int = ATTEMPTS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Take the service's address; `attempts` counts the first one. Raises ServerNotReached for no address."""
        self._http = httpx.AsyncClient(base_url=_checked(url), timeout=timeout_seconds, transport=transport)
        self._attempts = max(1, attempts)

    async def ask(
        self,
        question: str,
        *,
        goal: str = "",
        page: str = "",
        scope: Scope = "site",
        k: int | None = None,
        run: Run = "cached",
        clock: Clock = "virtual",
    ) -> AnswerBody:
        """Answer a question from the notes; `k` is the number of excerpts."""
        return await self._send(_Calls.ask(question, goal=goal, page=page, scope=scope, k=k, run=run, clock=clock))

    async def search(
        self, query: str, *, goal: str = "", page: str = "", scope: Scope = "site", k: int | None = None
    ) -> SearchBody:
        """Find the best excerpts."""
        return await self._send(_Calls.search(query, goal=goal, page=page, scope=scope, k=k))

    async def examples(
        self, *, status: str = "", verdict: str = "", page: str = "", limit: int = 200, skip: int = 0
    ) -> ExamplesBody:
        """List the examples of the notes with their last results."""
        return await self._send(_Calls.examples(status=status, verdict=verdict, page=page, limit=limit, skip=skip))

    async def example(self, example_id: str) -> ExampleBody:
        """Show one example with its last result."""
        return await self._send(_Calls.example(example_id))

    async def run(self, example_id: str, *, clock: Clock = "virtual") -> ExampleBody:
        """Run an example of the notes now."""
        return await self._send(_Calls.run(example_id, clock))

    async def report(self, content: str, *, page: str = "", goal: str = "") -> ReportedBody:
        """Report a problem with the notes."""
        return await self._send(_Calls.report(content, page, goal))

    async def gaps(self) -> GapsBody:
        """List what the notes lack."""
        return await self._send(_Calls.gaps())

    async def ready(self) -> ReadyBody:
        """Tell which index answers, and how examples are isolated."""
        return await self._send(_Calls.ready())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, call: Call[Result]) -> Result:
        for attempt in range(1, self._attempts + 1):
            try:
                response = await self._http.request(call.method, call.path, **call.options())
            except httpx.HTTPError as error:
                raise _unreached(self._http.base_url, error) from error
            wait_seconds = _wait(response, is_last=attempt == self._attempts)
            if wait_seconds is None:
                break
            await asyncio.sleep(wait_seconds)
        return call.read(response)


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ServerNotReached(url, str(error)) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ServerNotReached(url, "the address has to begin with http:// or https://")
    return parsed


def _unreached(url: httpx.URL, error: httpx.HTTPError) -> ServerNotReached:
    return ServerNotReached(str(url), str(error) or type(error).__name__)


def _wait(response: httpx.Response, *, is_last: bool) -> float | None:
    """Return the seconds to wait before the next attempt; None when there is to be none."""
    if response.status_code not in BUSY or is_last:
        return None
    seconds = _retry_after(response)
    return seconds if seconds <= LONGEST_WAIT_SECONDS else None


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the service names; 1 when it names a date or nothing, as proxies do."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdecimal() else 1.0


def _refusal(response: httpx.Response) -> ClientError:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "title" not in problem:
        return AnswerNotUnderstood(f"{response.url} answers {response.status_code} without a problem that says why.")
    if response.status_code in BUSY:
        return ServerBusy(response.status_code, problem, _retry_after(response))
    return RequestRefused(response.status_code, problem)

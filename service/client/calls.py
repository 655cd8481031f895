"""The requests that both clients send, and how they read what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from service.client.errors import AnswerNotUnderstood, ClientError, RequestRefused, ServerBusy, ServerNotReached
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
            raise refusal(response)
        try:
            return self.result.model_validate_json(response.content)
        except ValidationError as error:
            raise AnswerNotUnderstood(f"{response.url} answers otherwise than askmd does: {error}") from error


class Calls:
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


def checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ServerNotReached(url, str(error)) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ServerNotReached(url, "the address has to begin with http:// or https://")
    return parsed


def unreached(url: httpx.URL, error: httpx.HTTPError) -> ServerNotReached:
    return ServerNotReached(str(url), str(error) or type(error).__name__)


def wait_seconds(response: httpx.Response, *, is_last: bool) -> float | None:
    """Return the seconds to wait before the next attempt; None when there is to be none."""
    if response.status_code not in BUSY or is_last:
        return None
    seconds = _retry_after(response)
    return seconds if seconds <= LONGEST_WAIT_SECONDS else None


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the service names; 1 when it names a date or nothing, as proxies do."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdecimal() else 1.0


def refusal(response: httpx.Response) -> ClientError:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "title" not in problem:
        return AnswerNotUnderstood(f"{response.url} answers {response.status_code} without a problem that says why.")
    if response.status_code in BUSY:
        return ServerBusy(response.status_code, problem, _retry_after(response))
    return RequestRefused(response.status_code, problem)

"""The client that waits for its answers."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import httpx

from service.client.calls import (
    ATTEMPTS,
    TIMEOUT_SECONDS,
    Call,
    Calls,
    Clock,
    Result,
    Run,
    Scope,
    checked,
    unreached,
    wait_seconds,
)
from service.schemas import AnswerBody, ExampleBody, ExamplesBody, GapsBody, ReadyBody, ReportedBody, SearchBody


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
        self._http = httpx.Client(base_url=checked(url), timeout=timeout_seconds, transport=transport)
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
        return self._send(Calls.ask(question, goal=goal, page=page, scope=scope, k=k, run=run, clock=clock))

    def search(
        self, query: str, *, goal: str = "", page: str = "", scope: Scope = "site", k: int | None = None
    ) -> SearchBody:
        """Find the best excerpts."""
        return self._send(Calls.search(query, goal=goal, page=page, scope=scope, k=k))

    def examples(
        self, *, status: str = "", verdict: str = "", page: str = "", limit: int = 200, skip: int = 0
    ) -> ExamplesBody:
        """List the examples of the notes with their last results."""
        return self._send(Calls.examples(status=status, verdict=verdict, page=page, limit=limit, skip=skip))

    def example(self, example_id: str) -> ExampleBody:
        """Show one example with its last result."""
        return self._send(Calls.example(example_id))

    def run(self, example_id: str, *, clock: Clock = "virtual") -> ExampleBody:
        """Run an example of the notes now."""
        return self._send(Calls.run(example_id, clock))

    def report(self, content: str, *, page: str = "", goal: str = "") -> ReportedBody:
        """Report a problem with the notes."""
        return self._send(Calls.report(content, page, goal))

    def gaps(self) -> GapsBody:
        """List what the notes lack."""
        return self._send(Calls.gaps())

    def ready(self) -> ReadyBody:
        """Tell which index answers, and how examples are isolated."""
        return self._send(Calls.ready())

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
                raise unreached(self._http.base_url, error) from error
            pause_seconds = wait_seconds(response, is_last=attempt == self._attempts)
            if pause_seconds is None:
                break
            time.sleep(pause_seconds)
        return call.read(response)

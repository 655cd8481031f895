"""The typed client, sync and async, against a real server; and against servers that are busy, strange or gone."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from service.__main__ import main
from service.client import AnswerNotUnderstood, AsyncClient, Client, RequestRefused, ServerBusy, ServerNotReached
from tests.service.servers import Server

QUESTION = "At which temperature does water boil?"
BUSY = {"type": "/docs#busy", "title": "Busy", "status": 503, "detail": "Too many.", "instance": "/ask"}

Call = Callable[..., Any]


def by_sync(url: str, name: str, *arguments: Any, **options: Any) -> Any:
    with Client(url) as client:
        return getattr(client, name)(*arguments, **options)


def by_async(url: str, name: str, *arguments: Any, **options: Any) -> Any:
    async def call() -> Any:
        async with AsyncClient(url) as client:
            return await getattr(client, name)(*arguments, **options)

    return asyncio.run(call())


@pytest.fixture(params=[by_sync, by_async], ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    called: Call = request.param
    return called


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    def public(client: type) -> dict[str, str]:
        members = inspect.getmembers(client, inspect.isfunction)
        return {name: str(inspect.signature(member)) for name, member in members if not name.startswith("_")}

    assert public(Client) == public(AsyncClient)


def test_client_asks_searches_runs_and_reports(server: Server, call: Call) -> None:
    answer = call(server.url, "ask", QUESTION, goal="make tea", page="guide/boiling.md", k=3)
    assert answer.answered
    assert answer.answer.text.startswith("Water boils at 100 degrees")
    assert answer.goal == "make tea"
    assert len(answer.excerpts) == 3
    assert call(server.url, "search", "timers", scope="page", page="guide/timers.md").excerpts
    listed = call(server.url, "examples", page="guide/boiling.md", limit=2)
    assert (listed.total, len(listed.examples)) == (3, 2)
    example = next(each for each in answer.examples if each.run.stdout == "95.0\n")
    assert call(server.url, "example", example.id).code == example.code
    assert call(server.url, "run", example.id).run.status == "ok"
    assert call(server.url, "report", "Says nothing of salt.", page="/guide/boiling").page == "guide/boiling.md"
    assert call(server.url, "gaps").reports
    assert call(server.url, "ready").index.pages == 4


def test_client_not_answered_is_no_error(server: Server, call: Call) -> None:
    answer = call(server.url, "ask", "Who won the football world cup in 1974?")
    assert (answer.answered, answer.answer) == (False, None)


def test_client_refused_says_which_parameter_is_wrong(server: Server, call: Call) -> None:
    with pytest.raises(RequestRefused) as raised:
        call(server.url, "ask", "x" * 2_001, k=50)
    assert raised.value.status == 422
    assert {error.field for error in raised.value.errors} <= {"q", "k"}
    assert raised.value.request_id
    with pytest.raises(RequestRefused, match="hold no example") as missing:
        call(server.url, "run", "nothing?x#y")
    assert missing.value.status == 404


@contextmanager
def stranger(*replies: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[str]]]:
    """Serve replies one after the other, the last one again and again; gives the address and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = replies[min(len(asked), len(replies) - 1)]
            asked.append(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}/", asked
        finally:
            listener.shutdown()
            thread.join()


def busy(retry_after: str | None, status: int = 503) -> tuple[int, dict[str, str], bytes]:
    return status, {"Retry-After": retry_after} if retry_after else {}, json.dumps({**BUSY, "status": status}).encode()


@pytest.mark.parametrize("status", [429, 503])
def test_client_asks_a_busy_server_again(server: Server, call: Call, status: int) -> None:
    ready = by_sync(server.url, "ready").model_dump_json().encode()
    with stranger(busy("0", status), busy("0", status), (200, {}, ready)) as (url, asked):
        assert call(url, "ready").index.pages == 4
    assert asked == ["/readyz"] * 3


def test_client_gives_up_on_a_server_that_stays_busy(call: Call) -> None:
    with stranger(busy("0")) as (url, asked), pytest.raises(ServerBusy) as raised:
        call(url, "ask", QUESTION)
    assert len(asked) == 3
    assert (raised.value.status, raised.value.retry_after_seconds) == (503, 0.0)


def test_client_does_not_wait_longer_than_makes_sense(call: Call) -> None:
    with stranger(busy("3600")) as (url, asked), pytest.raises(ServerBusy) as raised:
        call(url, "ask", QUESTION)
    assert len(asked) == 1
    assert raised.value.retry_after_seconds == 3600


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"<html>"), (200, b"{}"), (200, b"\xff"), (500, b"oh"), (502, b"[]"), (404, b'"x"'), (301, b"")],
)
def test_client_answer_of_another_service_is_told(call: Call, status: int, content: bytes) -> None:
    with stranger((status, {}, content)) as (url, _), pytest.raises(AnswerNotUnderstood, match=url):
        call(url, "ask", QUESTION)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[", "http://a b"])
def test_client_address_that_is_none_is_told(call: Call, url: str) -> None:
    with pytest.raises(ServerNotReached):
        call(url, "ask", QUESTION)


def test_client_without_a_server_says_what_to_do(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerNotReached, match="askmd serve"):
        call(f"http://127.0.0.1:{port}", "ask", QUESTION)


def test_ask_server_on_the_command_line_is_the_servers_answer(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", QUESTION, "--server", server.url, "-k", "2", "--goal", "tea", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["question"], body["goal"], len(body["excerpts"])) == (QUESTION, "tea", 2)
    assert main(["ask", QUESTION, "--server", server.url.rstrip("/")]) == 0
    assert capsys.readouterr().out.startswith(f"# {QUESTION}\n\nWater boils at 100 degrees")
    assert main(["ask", "Who won the football world cup in 1974?", "--server", server.url]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--page", "guide/boilin"], "the nearest: guide/boiling.md"),
        (["--scope", "page"], "needs a page"),
    ],
)
def test_ask_server_refused_is_one_clear_line(
    server: Server, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", QUESTION, "--server", server.url, *arguments]) in (1, 2)
    output = capsys.readouterr()
    assert message in output.err
    assert len(output.err.splitlines()) == 1


def test_ask_server_that_is_not_there_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", QUESTION, "--server", "http://127.0.0.1:9"]) == 1
    assert "askmd serve" in capsys.readouterr().err

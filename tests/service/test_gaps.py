"""What the notes lack, as those who write them read it: over HTTP and on the command line."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.__main__ import main
from service.app import create_app
from service.question_log import QuestionLog
from service.settings import Settings, variables
from service.state import open_application

pytestmark = pytest.mark.anyio

WHISTLE = ("How loud is the kettle's whistle?", "How loud does the kettle whistle?", "What is the whistle's volume?")
FOOTBALL = "Who won the football world cup in 1974?"
WHO = {"User-Agent": "SecretAgent/1.0", "X-Forwarded-For": "203.0.113.77", "Cookie": "session=abcdef123456"}


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Copy what is built, without the questions that other tests asked."""
    others = shutil.ignore_patterns("questions.sqlite3*")
    return settings.model_copy(update={"data": shutil.copytree(settings.data, tmp_path / "data", ignore=others)})


@pytest.fixture
async def app(own: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(own)
    async with open_application(own) as app.state.application:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def ask(client: httpx.AsyncClient, *questions: str) -> None:
    for question in questions:
        response = await client.get("/ask", params={"q": question, "goal": "buy one"}, headers=WHO)
        assert response.json()["answered"] is False, question


async def test_gaps_group_questions_by_meaning_with_the_nearest_pages(client: httpx.AsyncClient) -> None:
    await ask(client, *WHISTLE, WHISTLE[0], FOOTBALL)
    body = (await client.get("/gaps.md", params={"format": "json"})).json()
    whistle, football = body["questions"]
    assert (whistle["question"], whistle["times"]) == (WHISTLE[0], 4)
    assert {each["question"] for each in whistle["asked"]} == set(WHISTLE)
    assert whistle["asked"][0]["goal"] == "buy one"
    assert whistle["nearest_pages"]
    assert [each["question"] for each in football["asked"]] == [FOOTBALL]


async def test_gaps_stand_beside_failing_examples_and_reports(client: httpx.AsyncClient) -> None:
    report = {"content": "Says nothing of salt.\nPlease add it.", "page": "/guide/boiling", "goal": "cook"}
    response = await client.post("/feedback", json=report)
    assert (response.status_code, response.json()) == (201, {"kept": True, "page": "guide/boiling.md"})
    text = (await client.get("/gaps.md")).text
    assert "## Examples that fail" in text
    assert "guide/timers.md" in text
    assert "> Says nothing of salt.\n> Please add it." in text


async def test_nothing_about_who_asked_is_kept(client: httpx.AsyncClient, own: Settings) -> None:
    await ask(client, *WHISTLE)
    await client.post("/feedback", json={"content": "Wrong."}, headers=WHO)
    await client.get("/gaps.md")
    kept = b"".join(file.read_bytes() for file in own.data.glob("questions.sqlite3*"))
    assert b"whistle" in kept
    for word in (b"SecretAgent", b"203.0.113.77", b"abcdef123456", b"127.0.0.1", b"testclient"):
        assert word not in kept


async def test_report_that_cannot_be_kept_says_when_to_come_back(client: httpx.AsyncClient, app: FastAPI) -> None:
    application = app.state.application
    application.question_log = QuestionLog(None, "unanswered", application.settings.log_retention)
    response = await client.post("/feedback", json={"content": "Wrong."})
    assert (response.status_code, response.headers["retry-after"]) == (503, "60")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
async def test_gaps_and_feedback_are_for_those_who_may(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.get("/gaps.md", headers=headers)).status_code in (403, 421)
    assert (await client.post("/feedback", json={"content": "x"}, headers=headers)).status_code in (403, 421)


async def test_gaps_on_the_command_line_are_those_of_the_service(
    client: httpx.AsyncClient, own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await ask(client, FOOTBALL)
    served = (await client.get("/gaps.md", params={"format": "json"})).json()
    for name, value in variables(own).items():
        monkeypatch.setenv(name, value)
    # A process of its own in real life: it opens the files that the service writes.
    assert await asyncio.to_thread(main, ["gaps", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == served
    assert await asyncio.to_thread(main, ["gaps"]) == 0
    assert f"### {FOOTBALL}\n" in capsys.readouterr().out


async def test_questions_are_not_kept_when_that_is_switched_off(own: Settings) -> None:
    silent = own.model_copy(update={"log_questions": "none"})
    app = create_app(silent)
    async with (
        open_application(silent) as app.state.application,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        await ask(client, FOOTBALL)
        body = (await client.get("/gaps.md", params={"format": "json"})).json()
        assert (body["questions"], body["logged"]) == ([], "none")
        assert "No questions are kept" in (await client.get("/gaps.md")).text

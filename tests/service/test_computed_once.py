"""The same question is worked out once: for all who ask it at the same time, and never for who holds the answer."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from service.answering import Answerer
from service.answers import Answer, Question
from service.in_flight import InFlight

pytestmark = pytest.mark.anyio

QUESTION = "How much does the boiling point fall with altitude?"


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> Counter[Question]:
    """Count what is really worked out."""
    counts: Counter[Question] = Counter()
    ask = Answerer.ask

    async def counted(self: Answerer, question: Question) -> Answer:
        counts[question] += 1
        return await ask(self, question)

    monkeypatch.setattr(Answerer, "ask", counted)
    return counts


async def test_question_asked_by_many_at_once_is_worked_out_once(
    client: httpx.AsyncClient, worked_out: Counter[Question]
) -> None:
    forms: tuple[dict[str, str], ...] = ({}, {"format": "md"}, {"max_chars": "900"})
    asked = [client.get("/ask", params={"q": QUESTION} | form) for form in forms for _ in range(8)]
    stream = client.get("/ask", params={"q": QUESTION}, headers={"Accept": "text/event-stream"})
    page = client.get("/guide/boiling.md", params={"ask": QUESTION, "format": "json"})
    responses = await asyncio.gather(*asked, stream, page)
    assert {response.status_code for response in responses} == {200}
    assert {question.page: count for question, count in worked_out.items()} == {"": 1, "guide/boiling.md": 1}


async def test_question_whose_answer_is_held_is_not_worked_out(
    client: httpx.AsyncClient, worked_out: Counter[Question]
) -> None:
    addresses = ("/ask?q=How+hot%3F", "/ask?q=How+hot%3F&format=md", "/guide/boiling.md?ask=How+hot%3F")
    tags = [(await client.get(address)).headers["etag"] for address in addresses]
    assert len(set(tags)) == len(tags)
    worked_out.clear()
    for address, tag in zip(addresses, tags, strict=True):
        response = await client.get(address, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
        assert response.headers["cache-control"] == "no-cache"
        assert "Accept" in response.headers["vary"]
    assert not worked_out


async def test_answer_that_is_compressed_has_the_same_tag(client: httpx.AsyncClient) -> None:
    plain = await client.get("/ask", params={"q": QUESTION}, headers={"Accept-Encoding": "identity"})
    packed = await client.get("/ask", params={"q": QUESTION}, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.json()["excerpts"] == plain.json()["excerpts"]


async def test_work_goes_on_while_somebody_waits_and_stops_when_nobody_does() -> None:
    shared: InFlight[int] = InFlight()
    begun, release, stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> int:
        begun.set()
        try:
            await release.wait()
        except asyncio.CancelledError:
            stopped.set()
            raise
        return 7

    first, second = (asyncio.create_task(shared.once("key", work)) for _ in range(2))
    await begun.wait()
    first.cancel()
    release.set()
    assert await second == 7
    begun.clear()
    release.clear()
    third = asyncio.create_task(shared.once("key", work))
    await begun.wait()
    third.cancel()
    await stopped.wait()


async def test_work_begun_anew_is_shared_though_what_was_stopped_before_ends_later() -> None:
    shared: InFlight[int] = InFlight()
    begun = 0
    release, stopped = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        nonlocal begun
        begun += 1
        try:
            await release.wait()
        finally:
            await stopped.wait()
        return begun

    async def ask() -> asyncio.Task[int]:
        caller = asyncio.create_task(shared.once("key", work))
        await asyncio.sleep(0.01)
        return caller

    (await ask()).cancel()
    first = await ask()
    stopped.set()
    await asyncio.sleep(0.01)
    second = await ask()
    release.set()
    assert [await first, await second] == [2, 2]


async def test_work_that_fails_fails_for_all_and_is_begun_anew() -> None:
    shared: InFlight[int] = InFlight()

    async def fail() -> int:
        raise ValueError("no")

    results = await asyncio.gather(*(shared.once("key", fail) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in results] == [ValueError] * 3

    async def work() -> int:
        return 1

    assert await shared.once("key", work) == 1


LEANING = ("and on a mountain?", "and in Node?", "why is it so?", "and the capital of France?", "and with the lid on?")


@pytest.mark.parametrize("question", LEANING)
@pytest.mark.parametrize("form", ["application/json", "text/event-stream"])
async def test_question_that_leans_on_the_one_before_is_worked_out_at_most_twice(
    client: httpx.AsyncClient, worked_out: Counter[Question], question: str, form: str
) -> None:
    first = (await client.post("/chat", json=conversation(QUESTION), headers={"Accept": "application/json"})).json()
    worked_out.clear()
    asked = conversation(QUESTION, first["answer"]["text"], question)
    assert (await client.post("/chat", json=asked, headers={"Accept": form})).status_code == 200
    assert set(worked_out.values()) == {1}
    assert len(worked_out) <= 2


async def test_chat_that_holds_questions_only_is_understood_like_one_that_holds_the_answers(
    client: httpx.AsyncClient,
) -> None:
    accept = {"Accept": "application/json"}
    first = (await client.post("/chat", json=conversation(QUESTION), headers=accept)).json()
    for question in LEANING:
        whole = conversation(QUESTION, f"> {first['answer']['text']} [1]", question)
        alone = {"messages": [each for each in whole["messages"] if each["role"] == "user"]}
        understood = [
            (body["question"], body["goal"], body["answered"])
            for body in [(await client.post("/chat", json=asked, headers=accept)).json() for asked in (whole, alone)]
        ]
        assert understood[0] == understood[1]


def conversation(*turns: str) -> dict[str, list[dict[str, str]]]:
    """Return the body of a chat whose turns are the user's and the notes' in turn."""
    return {"messages": [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(turns)]}

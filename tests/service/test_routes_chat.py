"""`POST /chat`: the last question of a conversation, with those before it as context, as events or as JSON."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

BOILING = "At which temperature does water boil?"
JSON = {"accept": "application/json"}


def said(*questions: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question} for question in questions]}


async def test_chat_streams_the_events_of_an_answer(client: httpx.AsyncClient) -> None:
    response = await client.post("/chat", json=said(BOILING))
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = response.text.splitlines()
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert events == ["excerpts", "answer", "examples", "done"]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert "100" in data[1]["answer"]["text"]


async def test_chat_of_one_question_is_what_ask_says(client: httpx.AsyncClient) -> None:
    alone = (await client.get("/ask", params={"q": BOILING})).json()
    chatted = (await client.post("/chat", json=said(BOILING), headers=JSON)).json()
    assert {**chatted, "took_ms": 0} == {**alone, "took_ms": 0}


async def test_chat_question_that_stands_alone_is_not_mixed_with_the_one_before(client: httpx.AsyncClient) -> None:
    chatted = (await client.post("/chat", json=said("How is green tea stored?", BOILING), headers=JSON)).json()
    assert (chatted["question"], chatted["goal"]) == (BOILING, "")


async def test_chat_question_that_leans_on_the_one_before_says_what_was_understood(client: httpx.AsyncClient) -> None:
    chatted = (await client.post("/chat", json=said(BOILING, "and on a mountain?"), headers=JSON)).json()
    assert BOILING in (chatted["question"], chatted["goal"]) or chatted["question"].startswith(BOILING)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, "role"),
        ({**said(BOILING), "limit": 3}, "k"),
        ({**said(BOILING), "page": "nowhere.md"}, "page"),
        ({**said("x" * 5_000)}, "q"),
    ],
)
async def test_chat_refuses_what_it_cannot_use_and_names_it(
    client: httpx.AsyncClient, body: dict[str, Any], named: str
) -> None:
    response = await client.post("/chat", json=body, headers=JSON)
    assert response.status_code == 422
    assert named in response.text


async def test_chat_without_a_question_says_how_to_ask(client: httpx.AsyncClient) -> None:
    body = {"messages": [{"role": "assistant", "content": "Hello."}]}
    answered = (await client.post("/chat", json=body, headers=JSON)).json()
    assert answered["answered"] is False
    assert "Ask one specific" in answered["reason"]


async def test_chat_scope_page_answers_from_that_page_alone(client: httpx.AsyncClient) -> None:
    asked = {**said(BOILING), "page": "guide/boiling.md", "scope": "page"}
    body = (await client.post("/chat", json=asked, headers=JSON)).json()
    assert {excerpt["page"] for excerpt in body["excerpts"]} == {"guide/boiling.md"}

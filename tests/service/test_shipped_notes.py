"""The shipped notes, asked as people ask: follow-ups, from a page, within a page, and what they do not hold."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def ask(client: httpx.AsyncClient, question: str, **options: str) -> dict[str, Any]:
    body: dict[str, Any] = (await client.get("/ask", params={"q": question, "run": "off", **options})).json()
    return body


async def chat(client: httpx.AsyncClient, *questions: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": question} for question in questions]
    asked = {"messages": messages, "run": "off"}
    body: dict[str, Any] = (await client.post("/chat", json=asked, headers={"accept": "application/json"})).json()
    return body


@pytest.mark.parametrize(
    ("questions", "page", "word"),
    [
        (("How does the event loop work?", "and in Node?"), "beyond/nodejs.md", "phases"),
        (("How do I use a queue?", "is it thread-safe?"), "control/queues.md", "not thread-safe"),
        (("What is a TaskGroup?", "How does it differ from gather?"), "basics/gather-and-taskgroup.md", "differ"),
        (("How do I read the output of a subprocess?", "and from a TCP stream?"), "io/", "StreamReader"),
    ],
)
async def test_follow_up_is_understood_from_the_question_before(
    shipped: httpx.AsyncClient, questions: tuple[str, ...], page: str, word: str
) -> None:
    body = await chat(shipped, *questions)
    assert body["answered"]
    assert body["answer"]["citations"][0]["page"].startswith(page)
    assert word in body["answer"]["text"]


async def test_change_of_subject_is_not_answered_with_what_was_said_before(shipped: httpx.AsyncClient) -> None:
    assert not (await chat(shipped, "What is a coroutine?", "and the capital of France?"))["answered"]


async def test_chat_program_gets_the_follow_up_understood_too(shipped: httpx.AsyncClient) -> None:
    messages = [{"role": "user", "content": text} for text in ("How do I use a queue?", "is it thread-safe?")]
    body = (await shipped.post("/v1/chat/completions", json={"model": "askmd", "messages": messages})).json()
    assert "not thread-safe" in body["choices"][0]["message"]["content"]


@pytest.mark.parametrize("question", ["What is libuv?", "How do I open a TCP connection?", "How do I cancel a task?"])
async def test_question_that_one_section_answers_is_not_refused(shipped: httpx.AsyncClient, question: str) -> None:
    assert (await ask(shipped, question))["answered"]


@pytest.mark.parametrize(
    "question", ["How do I deploy to AWS Lambda?", "Which license does the Linux kernel have?", "What is a Java bean?"]
)
async def test_question_that_the_notes_do_not_answer_is_refused(shipped: httpx.AsyncClient, question: str) -> None:
    assert not (await ask(shipped, question))["answered"]


async def test_page_is_a_prior_and_no_filter(shipped: httpx.AsyncClient) -> None:
    vague = "How does the loop work?"
    before = await ask(shipped, vague)
    from_node = await ask(shipped, vague, page="beyond/nodejs.md")

    def score(body: dict[str, Any]) -> float:
        return max((each["score"] for each in body["excerpts"] if each["page"] == "beyond/nodejs.md"), default=0.0)

    assert score(from_node) > score(before)
    elsewhere = await ask(shipped, "What is a semaphore?", page="beyond/nodejs.md")
    assert elsewhere["excerpts"][0]["page"] == "control/locks-and-semaphores.md"


async def test_scope_filters(shipped: httpx.AsyncClient) -> None:
    question = "What does a queue do?"
    of_page = await ask(shipped, question, page="basics/tasks.md", scope="page")
    of_section = await ask(shipped, question, page="basics/tasks.md", scope="section")
    assert {each["page"] for each in of_page["excerpts"]} == {"basics/tasks.md"}
    assert {each["page"].partition("/")[0] for each in of_section["excerpts"]} == {"basics"}


async def test_goal_moves_the_choice_and_does_not_replace_the_question(shipped: httpx.AsyncClient) -> None:
    plain = await ask(shipped, "How do I wait for several things?")
    towards = await ask(shipped, "How do I wait for several things?", goal="Stop all of them when one fails: TaskGroup")
    assert [each["id"] for each in plain["excerpts"]] != [each["id"] for each in towards["excerpts"]]
    assert (await ask(shipped, "What is libuv?", goal="write tests"))["excerpts"][0]["page"] == "beyond/nodejs.md"

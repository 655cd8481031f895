"""`<page>.md?ask=` as an agent reads it: in the first 5,000 characters, in parts, and on to the next question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from corpus.markdown import parse_page
from corpus.sections import split_sections
from corpus.sources import read_corpus
from service.markdown_answer import READ_AT_ONCE
from service.settings import load_settings

pytestmark = pytest.mark.anyio

PAGE = "/basics/tasks.md"
GOAL = "fetch many pages at once & show them as they come"
HEADINGS = [
    section.headings[-1]
    for page in read_corpus(load_settings({}).notes).pages
    for section in split_sections(parse_page(page))
    if section.level > 1
]
NEXT = re.compile(r"\[The next part\]\((\S+)\) holds")
FOLLOW_UP = re.compile(r"^- \[.+?\]\((\S+\?ask=\S+)\)$", re.MULTILINE)


async def parts(client: httpx.AsyncClient, **query: str) -> AsyncIterator[str]:
    """Follow an answer from part to part."""
    text = (await client.get(PAGE, params=query)).text
    yield text
    while following := NEXT.search(text):
        text = (await client.get(following[1])).text
        yield text


@pytest.mark.parametrize("question", HEADINGS[::6])
async def test_answer_and_best_excerpt_come_first(shipped: httpx.AsyncClient, question: str) -> None:
    text = (await shipped.get(PAGE, params={"ask": question, "goal": GOAL, "k": "20", "run": "off"})).text
    read = text[:READ_AT_ONCE]
    assert read.startswith("# ")
    assert read.index("\n## Excerpts\n") < read.index("\n### Excerpt 1: ") < read.index("\n> ")
    assert "\n### Excerpt 2: " in read or "was cut here" in read


async def test_parts_hold_every_piece_once_and_keep_to_the_length(shipped: httpx.AsyncClient) -> None:
    query = {"ask": "How do I wait for several tasks?", "goal": GOAL, "k": "20"}
    whole = (await shipped.get(PAGE, params=query)).text
    pieces = re.compile(r"^(?:### .+|# S.+|- \[.+\]\(.+\))$", re.MULTILINE)
    for max_chars in (200, 1_000, 3_000, 10_000):
        texts = [text async for text in parts(shipped, **query, max_chars=str(max_chars))]
        assert len(texts) > 1
        assert Counter(piece for text in texts for piece in pieces.findall(text)) == Counter(pieces.findall(whole))
        assert all(text.startswith("# How do I wait for several tasks?\n") for text in texts)
        too_long = [text for text in texts[1:] if len(text) > max_chars and len(re.findall("^### ", text, re.M)) > 1]
        assert not too_long


async def test_parts_as_json_hold_every_piece_once(shipped: httpx.AsyncClient) -> None:
    query = {"ask": "How do I wait for several tasks?", "k": "20", "format": "json"}
    whole = (await shipped.get(PAGE, params=query)).json()
    seen: list[str] = []
    address = str(httpx.URL(PAGE, params={**query, "max_chars": "2500"}))
    while address:
        part = (await shipped.get(address)).json()
        seen += [each["id"] for each in (*part["excerpts"], *part["examples"])]
        seen += [each["url"] for each in (*part["sources"], *part["follow_ups"])]
        address = (part["continuation"] or {}).get("url", "")
    expected = [each["id"] for each in (*whole["excerpts"], *whole["examples"])]
    expected += [each["url"] for each in (*whole["sources"], *whole["follow_ups"])]
    assert sorted(seen) == sorted(expected)


async def test_follow_ups_carry_the_goal_and_are_answered(shipped: httpx.AsyncClient) -> None:
    links = []
    for question in HEADINGS[::8]:
        text = (await shipped.get(PAGE, params={"ask": question, "goal": GOAL, "run": "off"})).text
        links += FOLLOW_UP.findall(text)
    responses = [await shipped.get(link) for link in links]
    assert all(httpx.URL(link).params["goal"] == GOAL for link in links)
    assert all(response.status_code == 200 for response in responses)
    answered = [response.headers["x-askmd-answered"] == "true" for response in responses]
    assert len(answered) > 20
    assert sum(answered) >= 0.9 * len(answered)


@pytest.mark.parametrize("question", ["", "   ", "<question>", "<your question>", "%3Cquestion%3E"])
async def test_nothing_asked_says_how_to_ask(shipped: httpx.AsyncClient, question: str) -> None:
    response = await shipped.get(f"{PAGE}?ask={question}&goal=<user_goal>")
    assert response.status_code == 200
    assert response.text.startswith("# How to ask\n")
    assert response.headers["x-askmd-answered"] == "false"


async def test_question_that_the_notes_do_not_answer_is_told_in_words_and_in_a_header(
    shipped: httpx.AsyncClient,
) -> None:
    response = await shipped.get(PAGE, params={"ask": "Who won the football world cup in 1974?"})
    assert (response.status_code, response.headers["x-askmd-answered"]) == (200, "false")
    assert "The notes do not seem to hold an answer" in response.text
    assert "\n# Nearest pages\n" in response.text
    assert "\n# Sources\n" not in response.text

"""What agents and crawlers read: listings of the notes, their text in one, and what may be asked."""

from __future__ import annotations

import json

import httpx
import pytest

from corpus.agent_lines import agent_line_ranges
from corpus.document import Page
from corpus.markdown import parse_page

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("address", ["/llms.txt", "/.well-known/llms.txt", "/sitemap.md", "/.well-known/sitemap.md"])
async def test_listing_names_every_page_by_its_markdown_address(client: httpx.AsyncClient, address: str) -> None:
    text = (await client.get(address)).text
    lines = text.splitlines()
    assert lines[0].startswith("# ")
    assert any(line.startswith("> ") for line in lines[:4])
    assert "(http://notes/guide/boiling.md)" in text


async def test_whole_notes_hold_the_text_of_pages(client: httpx.AsyncClient) -> None:
    assert "# Boiling" in (await client.get("/llms-full.txt")).text


async def test_sitemap_and_robots_point_to_pages(client: httpx.AsyncClient) -> None:
    assert "<loc>http://notes/guide/boiling</loc>" in (await client.get("/sitemap.xml")).text
    assert "Sitemap: http://notes/sitemap.xml" in (await client.get("/robots.txt")).text


async def test_our_own_lines_for_agents_are_left_out_when_a_page_is_read_again(client: httpx.AsyncClient) -> None:
    text = (await client.get("/guide/boiling.md")).text
    tokens = parse_page(Page("copy.md", "", text)).tokens
    lines = text.splitlines()
    left_out = {line for start, end in agent_line_ranges(tokens) for line in range(start, end)}
    kept = "\n".join(line for number, line in enumerate(lines) if number not in left_out)
    assert "AI agents" not in kept
    assert "?ask=" not in kept
    assert "# Boiling" in kept


async def test_answer_as_events_comes_excerpts_first(client: httpx.AsyncClient) -> None:
    question = {"q": "At which temperature does water boil?"}
    response = await client.get("/ask", params=question, headers={"accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("event: ") for line in response.text.splitlines() if line.startswith("event: ")]
    assert events == ["excerpts", "answer", "examples", "done"]
    data = [json.loads(line.removeprefix("data: ")) for line in response.text.splitlines() if line.startswith("data: ")]
    plain = (await client.get("/ask", params=question)).json()
    assert data[0]["excerpts"] == plain["excerpts"]
    assert data[1]["answer"] == plain["answer"]


async def test_markdown_answer_keeps_the_spaces_around_code(client: httpx.AsyncClient) -> None:
    from service.markdown_answer import plain_text

    assert plain_text("Call `run()` once, `stop()` never.") == "Call `run()` once, `stop()` never."


async def test_chat_completion_answers_from_the_notes(client: httpx.AsyncClient) -> None:
    asked = {"model": "askmd", "messages": [{"role": "user", "content": "At which temperature does water boil?"}]}
    response = await client.post("/v1/chat/completions", json=asked)
    assert response.status_code == 200, response.text
    assert "100" in response.json()["choices"][0]["message"]["content"]
    refused = await client.post("/v1/chat/completions", json={"model": "askmd", "messages": []})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"]

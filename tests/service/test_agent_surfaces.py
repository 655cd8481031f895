"""What agents meet before they ask: Markdown for those who want it, links to the lists, and help where nothing is."""

from __future__ import annotations

import re

import httpx
import pytest

from service.agent_clients import AGENTS

pytestmark = pytest.mark.anyio

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
HTML, MARKDOWN = "text/html; charset=utf-8", "text/markdown; charset=utf-8"
LISTS = '<http://notes/llms.txt>; rel="llms-txt", <http://notes/llms-full.txt>; rel="llms-full-txt"'


@pytest.mark.parametrize("word", [word for words in AGENTS.values() for word in words])
async def test_agent_by_name_gets_markdown(client: httpx.AsyncClient, word: str) -> None:
    agent = f"Mozilla/5.0 (compatible; {word.title()}/1.0; +https://agent.example)"
    response = await client.get("/guide/boiling", headers={"User-Agent": agent, "Accept": "*/*"})
    assert response.headers["content-type"] == MARKDOWN
    assert "User-Agent" in response.headers["vary"]


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "curl/8.5.0",
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
    ],
)
async def test_people_and_search_engines_get_html(client: httpx.AsyncClient, agent: str) -> None:
    response = await client.get("/guide/boiling", headers={"User-Agent": agent, "Accept": "*/*"})
    assert response.headers["content-type"] == HTML


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("text/markdown", MARKDOWN),
        ("text/x-markdown", MARKDOWN),
        ("text/markdown, text/html;q=0.9, */*;q=0.1", MARKDOWN),
        ("text/markdown;q=0.8, text/html;q=0.9", HTML),
        ("text/markdown;q=0, text/html", HTML),
        ("text/*;q=0.5, text/markdown", MARKDOWN),
        ("text/html;q=0.1, text/*", MARKDOWN),
        ("TEXT/MARKDOWN ; Q=1", MARKDOWN),
        ("*/*", HTML),
        ("", HTML),
        ("image/png", HTML),
        ("text/markdown;q=nonsense, text/html;q=0.1", HTML),
        (";;;,,,q=", HTML),
    ],
)
@pytest.mark.parametrize("address", ["/guide/boiling", "/"])
async def test_accept_header_decides_by_quality(
    client: httpx.AsyncClient, address: str, accept: str, media_type: str
) -> None:
    response = await client.get(address, headers={"Accept": accept, "User-Agent": BROWSER})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"]


async def test_html_names_its_markdown_and_the_lists(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling")
    markdown = '<http://notes/guide/boiling.md>; rel="alternate"; type="text/markdown"'
    assert response.headers["link"] == f"{markdown}, {LISTS}"
    assert '<link rel="alternate" type="text/markdown" href="/guide/boiling.md">' in response.text
    assert "/llms.txt" in response.text.partition("<main")[0]


async def test_markdown_names_its_html_and_the_lists(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling.md")
    html = '<http://notes/guide/boiling>; rel="canonical"; type="text/html"'
    assert response.headers["link"] == f"{html}, {LISTS}"


async def test_question_in_an_agents_hands_is_answered_at_any_address(client: httpx.AsyncClient) -> None:
    question = {"ask": "At which temperature does water boil?"}
    agent = {"User-Agent": "Claude-User/1.0"}
    for address in ("/", "/guide/timers", "/index.md", "/guide/timers.md"):
        response = await client.get(address, params=question, headers=agent)
        assert (response.status_code, response.headers["content-type"]) == (200, MARKDOWN), address
        assert "Water boils at 100 degrees" in response.text


@pytest.mark.parametrize("address", ["/guide/boilin.md", "/nothing/like/it.md", "/%F0%9F%AB%96.md"])
async def test_page_that_is_missing_names_five_near_ones_that_are_there(
    shipped: httpx.AsyncClient, address: str
) -> None:
    response = await shipped.get(address)
    assert (response.status_code, response.headers["content-type"]) == (404, MARKDOWN)
    near = re.findall(r"^- \[.+\]\((\S+)\)$", response.text, re.MULTILINE)
    assert len(near) == len(set(near)) == 5
    for link in near:
        assert (await shipped.get(link)).status_code == 200
    assert "llms.txt" in response.text
    assert re.search(r"^GET http://notes/\S+\.md\?ask=<question>&goal=<user_goal>$", response.text, re.MULTILINE)
    assert "llms-txt" in response.headers["link"]


async def test_every_page_of_the_shipped_notes_has_a_sensible_description(shipped: httpx.AsyncClient) -> None:
    entries = [line for line in (await shipped.get("/llms.txt")).text.splitlines() if line.startswith("- ")]
    assert len(entries) > 10
    for entry in entries:
        description = entry.partition("): ")[2]
        assert 20 <= len(description) <= 300, entry

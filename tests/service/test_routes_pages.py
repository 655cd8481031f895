"""The pages of the notes: as HTML, as Markdown, as answers, and addresses that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.anyio

NOTES = Path(__file__).parent / "notes"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_page_markdown_is_the_page_between_lines_for_agents(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling.md")
    assert response.text.startswith("> For AI agents: [llms.txt](http://notes/llms.txt)")
    assert "GET http://notes/guide/boiling.md?ask=<question>" in response.text
    body = (NOTES / "guide" / "boiling.md").read_text(encoding="utf-8").partition("# Boiling")[2]
    assert body.splitlines()[2] in response.text
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.headers["x-robots-tag"] == "noindex"


async def test_page_html_has_the_text_and_the_strict_policy(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling", headers=BROWSER)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "Water boils at 100 degrees" in response.text
    assert 'href="/guide/timers"' in response.text


async def test_page_hostile_notes_are_safe_html(client: httpx.AsyncClient) -> None:
    response = await client.get("/reference/errors", headers=BROWSER)
    assert "<script>alert" not in response.text


async def test_page_without_suffix_follows_accept(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling", headers={"Accept": "text/markdown, text/html;q=0.5"})
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("address", ["/guide/boiling.md", "/guide/boiling"])
async def test_page_held_already_is_304(client: httpx.AsyncClient, address: str) -> None:
    first = await client.get(address)
    again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["/index.md", "/README.md", "/readme.md"])
async def test_index_is_the_landing_page(client: httpx.AsyncClient, address: str) -> None:
    assert "\n# Kettle\n" in (await client.get(address)).text


@pytest.mark.parametrize("address", ["/guide/boiling.md", "/index.md"])
async def test_page_markdown_without_agent_lines_is_the_page_alone(client: httpx.AsyncClient, address: str) -> None:
    response = await client.get(address, params={"displayAgentInstructions": "false"})
    assert "AI agents" not in response.text
    assert "?ask=" not in response.text
    assert response.text.startswith("# ")


async def test_page_with_question_answers_as_markdown(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling.md", params={"ask": "At which temperature does water boil?"})
    assert response.text.startswith("# At which temperature does water boil?\n\nWater boils at 100 degrees")
    assert response.headers["x-askmd-answered"] == "true"


async def test_page_with_question_ranks_its_own_sections_higher(client: httpx.AsyncClient) -> None:
    addresses = ("/guide/timers.md", "/reference/errors.md")
    bodies = [(await client.get(each, params={"ask": "When?", "format": "json"})).json() for each in addresses]
    scores = [
        next(excerpt["score"] for excerpt in body["excerpts"] if excerpt["page"] == "guide/timers.md")
        for body in bodies
    ]
    assert scores[0] > scores[1]


@pytest.mark.parametrize("question", ["", "<question>"])
async def test_page_with_empty_question_says_how_to_ask(client: httpx.AsyncClient, question: str) -> None:
    response = await client.get("/guide/boiling.md", params={"ask": question})
    assert response.status_code == 200
    assert response.text.startswith("# How to ask\n")


async def test_page_with_question_in_a_browser_leads_to_the_chat(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling", params={"ask": "Why & how?", "goal": "tea"}, headers=BROWSER)
    assert response.status_code == 303
    assert response.headers["location"] == "/?ask=Why+%26+how%3F&page=guide%2Fboiling.md&goal=tea"


async def test_missing_page_is_a_problem_that_names_the_nearest(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boilin", headers=BROWSER)
    assert response.status_code == 404
    assert response.json()["title"] == "Page not found"
    assert "/guide/boiling" in response.json()["detail"]


async def test_missing_markdown_page_is_404_with_the_nearest_and_how_to_ask(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boilin.md")
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "- [Boiling](http://notes/guide/boiling.md)" in response.text
    assert "GET http://notes/guide/boiling.md?ask=<question>" in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/guide/%2e%2e/%2e%2e/pyproject.toml",
        "/..%5c..%5cpyproject.toml",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/guide/boiling.md%00.html",
        "/C:/windows/win.ini",
        "/SUMMARY.md%2f..%2f..%2fconftest.py",
        "/%ff%fe",
        "/" + "a/" * 2_000,
    ],
)
@pytest.mark.parametrize("suffix", ["", ".md"])
async def test_address_out_of_the_notes_is_404(client: httpx.AsyncClient, address: str, suffix: str) -> None:
    response = await client.get(httpx.URL(f"http://notes{address}{suffix}"))
    assert response.status_code == 404
    assert "root:" not in response.text
    assert len(response.content) < 3_000 + 3 * len(address)


async def test_missing_page_html_in_the_address_stays_text(client: httpx.AsyncClient) -> None:
    response = await client.get("/%3Cscript%3Ealert(1)%3C/script%3E.md")
    assert response.text.startswith("# No page at /\\<script>")


async def test_page_unknown_parameter_is_named(client: httpx.AsyncClient) -> None:
    response = await client.get("/guide/boiling.md?aks=x")
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "aks", "message": "is no parameter here; did you mean ask?"}]


async def test_other_method_is_405(client: httpx.AsyncClient) -> None:
    response = await client.post("/guide/boiling.md")
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/feedback", "/chat", "/v1/chat/completions", "/run/x"])
async def test_address_that_is_no_page_and_takes_post_says_so(client: httpx.AsyncClient, address: str) -> None:
    response = await client.get(address)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert "This address takes POST." in response.text

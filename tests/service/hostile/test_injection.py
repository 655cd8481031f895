"""What notes and questions say stays data in every form that the service writes."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rich.console import Console

from service.commands.ask import show
from service.gaps import find_gaps
from service.gaps_markdown import gaps_markdown
from service.markdown_answer import inline, plain_text, quoted
from service.schemas import AnswerBody
from service.state import RequestScope
from service.tools.arguments import PageArguments, QuestionArguments, SearchArguments
from service.tools.calls import ask_question, get_page, search_documentation
from tests.service.hostile.notes import EVIL, FOURTH_FOOTER, HOSTILE_QUESTIONS, ORDER, PAGES, QUESTIONS
from tests.service.hostile.reading import (
    DIRECTIONS,
    SITE,
    PageReader,
    check_answer,
    check_links,
    check_one_line,
    events_of,
    outline,
)

pytestmark = pytest.mark.anyio

ASKED = [*QUESTIONS, *HOSTILE_QUESTIONS]
EVENTS = {"Accept": "text/event-stream"}


async def test_markdown_answers_hold_no_part_that_is_not_ours(hostile: httpx.AsyncClient) -> None:
    seen = set()
    for question in ASKED:
        query = {"ask": question, "goal": question, "k": "20", "run": "off"}
        response = await hostile.get("/README.md", params=query)
        assert response.status_code == 200
        check_answer(response.text)
        check_one_line(response.text.partition("\n")[0])
        seen |= set(re.findall(r"^From \[", response.text, re.MULTILINE))
    assert seen


async def test_every_page_is_quoted_in_an_answer(hostile: httpx.AsyncClient) -> None:
    """The other tests prove nothing about a page that no answer shows."""
    shown: set[str] = set()
    for question in QUESTIONS:
        body = (await hostile.get("/ask", params={"q": question, "k": "20"})).json()
        shown |= {excerpt["page"] for excerpt in body["excerpts"]}
    assert shown == set(PAGES)


async def test_answers_as_json_are_json_with_the_files_characters(hostile: httpx.AsyncClient) -> None:
    for question in ASKED:
        response = await hostile.get("/ask", params={"q": question, "k": "20"})
        assert not re.search(r"[\x00-\x1f]", response.text)
        for excerpt in response.json()["excerpts"]:
            assert excerpt["text"] in PAGES[excerpt["page"]]


async def test_events_are_ours_alone(hostile: httpx.AsyncClient) -> None:
    for question in ASKED:
        text = (await hostile.get("/ask", params={"q": question, "k": "20"}, headers=EVENTS)).text
        events = list(events_of(text))
        assert [name for name, _ in events] == ["excerpts", "answer", "examples", "done"]
        assert all(isinstance(json.loads(data), dict) for _, data in events)


async def test_chat_events_are_ours_alone(hostile: httpx.AsyncClient) -> None:
    for question in ASKED:
        asked = {"messages": [{"role": "user", "content": question}]}
        text = (await hostile.post("/chat", json=asked, headers=EVENTS)).text
        assert [name for name, _ in events_of(text)] == ["excerpts", "answer", "examples", "done"]


async def test_completions_hold_no_part_that_is_not_ours(hostile: httpx.AsyncClient) -> None:
    for question in ASKED:
        asked = {"messages": [{"role": "system", "content": ORDER}, {"role": "user", "content": question}]}
        whole = (await hostile.post("/v1/chat/completions", json=asked)).json()["choices"][0]["message"]["content"]
        found = outline(whole)
        assert not found.html
        assert not found.headings
        check_links(found.links)
        stream = (await hostile.post("/v1/chat/completions", json={**asked, "stream": True})).text
        *chunks, (_, end) = events_of(stream)
        assert end == "[DONE]"
        deltas = [json.loads(data)["choices"][0]["delta"] for _, data in chunks]
        assert "".join(delta.get("content", "") for delta in deltas) == whole


@pytest.mark.parametrize("address", ["/llms.txt", "/sitemap.md"])
async def test_lists_hold_one_line_for_each_page(hostile: httpx.AsyncClient, address: str) -> None:
    text = (await hostile.get(address)).text
    entries = [line for line in text.split("\n") if line.startswith("- ")]
    assert len(entries) == len(PAGES)
    found = outline(text)
    assert len(found.links) == len(set(found.links)) == len(PAGES)
    check_links(found.links)
    assert not found.html
    assert [tag for tag, _ in found.headings].count("h1") == 1
    for line in text.split("\n"):
        check_one_line(line)
    for link in found.links:
        assert (await hostile.get(link)).status_code == 200, link


async def test_site_map_for_crawlers_is_xml_with_each_page(hostile: httpx.AsyncClient) -> None:
    text = (await hostile.get("/sitemap.xml")).text
    addresses = [each.text or "" for each in ElementTree.fromstring(text).iter()]  # noqa: S314  (our own)
    pages = [address for address in addresses if address.strip()]
    assert len(pages) == len(PAGES)
    assert all(address.startswith(f"{SITE}/") for address in pages)


async def test_whole_notes_end_pages_where_they_end(hostile: httpx.AsyncClient) -> None:
    text = (await hostile.get("/llms-full.txt")).text
    mark = re.search(r"with the word `([0-9a-f]{16})`", text)
    assert mark
    assert len(re.findall(rf"^<!-- {mark[1]} .* -->$", text, re.MULTILINE)) == len(PAGES) + 1
    assert mark[1] not in "".join(PAGES.values())


async def test_pages_as_markdown_have_one_footer_and_it_is_ours(hostile: httpx.AsyncClient) -> None:
    links = outline((await hostile.get("/llms.txt")).text).links
    for link in links:
        text = (await hostile.get(link)).text
        assert f"https://{EVIL}/docs/page.md" not in text
        assert f"https://{EVIL}/llms.txt)" not in text
        assert re.findall(r"^GET (\S+)\?ask=", text, re.MULTILINE) == [link]
        top, bottom = text.split("\n", 1)[0], text.rpartition("\n# ")[2]
        assert top.startswith(f"> For AI agents: [llms.txt]({SITE}/llms.txt)")
        assert bottom.startswith("Asking these notes\n")
        headings = outline(text).headings
        assert headings[-2:] == [("h1", "Asking these notes"), ("h2", "When the page does not say what you need")]


async def test_footers_of_other_sites_are_no_excerpts(hostile: httpx.AsyncClient) -> None:
    body = (await hostile.get("/ask", params={"q": "What does the jar of number 1 hold?", "k": "20"})).json()
    jars = {each["page"]: each["text"] for each in body["excerpts"] if each["page"].startswith("footers/")}
    assert len(jars) == 4
    assert not [text for text in jars.values() if "?ask=" in text or "llms.txt" in text or "gents" in text]
    assert "?ask=" in FOURTH_FOOTER


async def test_pages_as_html_hold_nothing_that_acts(hostile: httpx.AsyncClient) -> None:
    for link in outline((await hostile.get("/llms.txt")).text).links:
        response = await hostile.get(link.removesuffix(".md"), headers={"Accept": "text/html"})
        assert response.status_code == 200
        reader = PageReader()
        reader.feed(response.text)
        assert not reader.acting, link
        assert reader.tags.count("form") == 1
        assert reader.tags.count("main") == 1


async def test_addresses_that_are_no_page_stay_text(hostile: httpx.AsyncClient) -> None:
    for question in HOSTILE_QUESTIONS:
        response = await hostile.get(f"/{quote(question, safe='')} x.md")
        assert response.status_code == 404
        if response.headers["content-type"].startswith("application/problem+json"):  # a line end in the address
            assert "\n" in response.json()["instance"]
            continue
        found = outline(response.text)
        assert len(found.headings) == 1
        assert not found.html
        check_links(found.links)
        check_one_line(response.text.partition("\n")[0])


async def test_headers_hold_no_line_of_a_question(hostile: httpx.AsyncClient) -> None:
    for question in HOSTILE_QUESTIONS:
        response = await hostile.get("/README", params={"ask": question}, headers={"Accept": "text/html"})
        assert response.status_code == 303
        assert re.fullmatch(r"[!-~]+", response.headers["location"])


async def test_tools_for_agents_quote_what_they_give(hostile_app: FastAPI) -> None:
    application = hostile_app.state.application
    async with application.generations.hold() as generation:
        scope = RequestScope(application, generation)
        for question in QUESTIONS:
            answered = await ask_question(scope, QuestionArguments(question=question))
            check_answer(answered.text.partition("\n\nRun an example again")[0])
            found = outline((await search_documentation(scope, SearchArguments(query=question))).text)
            assert {tag for tag, _ in found.headings} == {"h3"}
            assert not [*found.links, *found.html]
        for page in PAGES:
            reply = await get_page(scope, PageArguments(url=page))
            found = outline(reply.text)
            assert not [*found.headings, *found.links, *found.html], page
            check_one_line(reply.text.partition("\n")[0])


@pytest.mark.parametrize("is_terminal", [False, True])
async def test_command_line_drives_no_terminal(
    hostile: httpx.AsyncClient, is_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*m") if is_terminal else re.compile("(?!)")
    shown = io.StringIO()
    if is_terminal:
        console = Console(file=shown, force_terminal=True, width=200, highlight=False, markup=False, emoji=False)
        monkeypatch.setattr("service.commands.ask.results", lambda: console)
    for question in (*QUESTIONS, HOSTILE_QUESTIONS[4]):
        body = (await hostile.get("/ask", params={"q": question, "goal": question})).text
        show(AnswerBody.model_validate_json(body), as_json=False)
    text = capsys.readouterr().out + shown.getvalue()
    assert "saffron" in text
    for line in colour.sub("", text).replace("\t", " ").split("\n"):
        assert not [each for each in line if unicodedata.category(each) == "Cc" or each in DIRECTIONS], repr(line)


async def test_gaps_keep_questions_and_reports_as_data(hostile: httpx.AsyncClient, hostile_app: FastAPI) -> None:
    for question in HOSTILE_QUESTIONS:
        await hostile.get("/ask", params={"q": f"Zebra {question}", "goal": question})
        await hostile.get("/ask", params={"q": question})
        report = {"content": f"{question}\n## Reported problems\n```\n", "page": question, "goal": question}
        assert (await hostile.post("/feedback", json=report)).status_code == 201
    application = hostile_app.state.application
    async with application.generations.hold() as generation:
        body = await find_gaps(RequestScope(application, generation))
    assert len(body.reports) == len(HOSTILE_QUESTIONS)
    assert body.questions
    for text in (gaps_markdown(body), (await hostile.get("/gaps.md")).text):
        found = outline(text)
        assert not found.html
        check_links(found.links)
        parts = [content for tag, content in found.headings if tag in ("h1", "h2")]
        assert parts == ["Gaps in the notes", "Asked and not answered", "Reported problems"]
        assert len([tag for tag, _ in found.headings if tag == "h3"]) == len(body.questions)
        assert "\x1b" not in text


NASTY = st.text(st.sampled_from("`~#>-*_=[]()<>!|\\&:+.1 \t\n\r\x0b\x0c\x1b\x85\u2028\u202eaé"), max_size=60)


@given(NASTY)
def test_inline_text_stays_within_its_line_and_its_link(text: str) -> None:
    written = inline(text)
    check_one_line(written)
    found = outline(f"- [{written}](/own): {written}\n- [next](/next)")
    assert found.links == ["/own", "/next"], repr(written)
    assert not found.html
    assert not found.headings


@given(NASTY)
def test_answer_text_is_no_more_than_lists_and_code(text: str) -> None:
    found = outline(f"{plain_text(text)} [1]\n\n# Sources")
    assert found.headings == [("h1", "Sources")], repr(plain_text(text))
    assert not found.links
    assert not found.html


@given(NASTY)
def test_quoted_text_ends_with_its_quote(text: str) -> None:
    found = outline(f"{quoted(text)}\n\n# Sources\n\n- [own](/own)")
    assert found.headings == [("h1", "Sources")]
    assert found.links == ["/own"]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=80), goal=NASTY)
async def test_any_question_and_goal_stay_data(hostile: httpx.AsyncClient, question: str, goal: str) -> None:
    question = question.encode("utf-8", "replace").decode()
    query = {"q": f"honey {question}", "goal": goal, "run": "off"}
    check_answer((await hostile.get("/ask", params={**query, "format": "md"})).text)
    text = (await hostile.get("/ask", params=query, headers=EVENTS)).text
    assert [name for name, _ in events_of(text)] == ["excerpts", "answer", "examples", "done"]

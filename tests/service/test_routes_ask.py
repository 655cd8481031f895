"""`GET /ask` and `GET /search`: the contract, the forms, the validators, and questions that nobody should ask."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.anyio

NOTES = Path(__file__).parent / "notes"
QUESTION = "At which temperature does water boil?"
ABSENT = "Who won the football world cup in 1974?"


async def asked(client: httpx.AsyncClient, **parameters: Any) -> dict[str, Any]:
    response = await client.get("/ask", params={"q": QUESTION, **parameters})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_ask_answer_has_every_field_of_the_contract(client: httpx.AsyncClient) -> None:
    body = await asked(client, goal="make tea")
    assert set(body) == {
        *("question", "goal", "answered", "confidence", "reason", "answer", "excerpts", "examples", "sources"),
        *("follow_ups", "continuation", "index", "took_ms"),
    }
    assert (body["question"], body["goal"], body["answered"]) == (QUESTION, "make tea", True)
    assert "100 degrees" in body["answer"]["text"]
    assert body["answer"]["citations"][0] == {"excerpt": 1, "page": "guide/boiling.md", "start_line": 9, "end_line": 9}
    assert set(body["index"]) == {"version", "pages", "chunks", "model"}


async def test_ask_known_subject_with_a_name_that_the_notes_never_mention_is_refused_by_name(
    client: httpx.AsyncClient,
) -> None:
    body = await asked(client, q="At which temperature does water boil in Terraform?")
    assert not body["answered"]
    assert "They never mention Terraform." in body["reason"]


async def test_ask_excerpts_are_the_files_own_lines(client: httpx.AsyncClient) -> None:
    body = await asked(client, k=20)
    assert len(body["excerpts"]) == body["index"]["chunks"]
    for excerpt in body["excerpts"]:
        lines = (NOTES / excerpt["page"]).read_text(encoding="utf-8").split("\n")
        assert excerpt["text"] == "\n".join(lines[excerpt["start_line"] - 1 : excerpt["end_line"]])


async def test_ask_examples_come_with_their_kept_runs(client: httpx.AsyncClient) -> None:
    (example, *_) = (await asked(client, k=1))["examples"]
    assert example["page"] == "guide/boiling.md"
    assert example["expected_output"] == "95.0\n"
    assert (example["run"]["status"], example["run"]["stdout"]) == ("ok", "95.0\n")
    assert example["run"]["matches_expected"] is True
    assert example["run"]["verified_at"]


async def test_ask_run_off_leaves_runs_out(client: httpx.AsyncClient) -> None:
    assert {example["run"] for example in (await asked(client, run="off"))["examples"]} == {None}


async def test_ask_run_live_runs_anew_and_is_not_cached(client: httpx.AsyncClient) -> None:
    response = await client.get("/ask", params={"q": QUESTION, "k": 1, "run": "live", "clock": "real"})
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    run = response.json()["examples"][0]["run"]
    assert (run["status"], run["clock"]) == ("ok", "real")


async def test_ask_by_either_name_is_the_same(client: httpx.AsyncClient) -> None:
    by_q = (await client.get("/ask", params={"q": QUESTION})).json()
    by_ask = (await client.get("/ask", params={"ask": QUESTION})).json()
    assert by_q["answer"] == by_ask["answer"]


async def test_ask_not_in_the_notes_says_so(client: httpx.AsyncClient) -> None:
    response = await client.get("/ask", params={"q": ABSENT})
    body = response.json()
    assert (response.status_code, body["answered"], body["answer"]) == (200, False, None)
    assert body["reason"]
    assert body["sources"]
    assert response.headers["x-askmd-answered"] == "false"


async def test_ask_scope_page_keeps_to_the_page(client: httpx.AsyncClient) -> None:
    body = await asked(client, page="/guide/timers", scope="page", k=20)
    assert {excerpt["page"] for excerpt in body["excerpts"]} == {"guide/timers.md"}


@pytest.mark.parametrize(
    ("accept", "form", "media_type"),
    [
        ("*/*", None, "application/json"),
        ("text/markdown", None, "text/markdown; charset=utf-8"),
        ("text/markdown;q=0.4, application/json;q=0.5", None, "application/json"),
        ("text/html", None, "application/json"),
        ("application/json", "md", "text/markdown; charset=utf-8"),
        ("text/markdown", "json", "application/json"),
    ],
)
async def test_ask_form_follows_format_then_accept(
    client: httpx.AsyncClient, accept: str, form: str | None, media_type: str
) -> None:
    parameters = {"q": QUESTION} | ({"format": form} if form else {})
    response = await client.get("/ask", params=parameters, headers={"Accept": accept})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"]


async def test_ask_same_question_again_is_304(client: httpx.AsyncClient) -> None:
    first = await client.get("/ask", params={"q": QUESTION})
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get("/ask", params={"q": QUESTION}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("changed", [{"q": "Another?"}, {"goal": "tea"}, {"k": 2}, {"run": "off"}, {"format": "md"}])
async def test_ask_another_request_has_another_tag(client: httpx.AsyncClient, changed: dict[str, Any]) -> None:
    first = await client.get("/ask", params={"q": QUESTION})
    headers = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/ask", params={"q": QUESTION, **changed}, headers=headers)).status_code == 200


async def test_ask_new_result_of_an_example_makes_a_new_tag(client: httpx.AsyncClient) -> None:
    first = await client.get("/ask", params={"q": QUESTION})
    example = first.json()["examples"][0]["id"]
    await client.post(f"/run/{example}")
    headers = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/ask", params={"q": QUESTION}, headers=headers)).status_code == 200


@pytest.mark.parametrize("form", ["json", "md"])
async def test_ask_parts_keep_to_the_length_and_lead_to_the_rest(client: httpx.AsyncClient, form: str) -> None:
    whole = await asked(client)
    address, seen, lengths = f"/ask?q={quote(QUESTION)}&max_chars=1500&format={form}", [], []
    while address:
        part = (await client.get(address)).text
        lengths.append(len(part))
        body = (await client.get(address.replace("format=md", "format=json"))).json()
        seen += [excerpt["rank"] for excerpt in body["excerpts"]]
        address = (body["continuation"] or {}).get("url", "").replace("format=json", f"format={form}")
    assert lengths[0] <= 1500
    if form == "json":  # the parts of the other form hold other pieces
        assert seen == [excerpt["rank"] for excerpt in whole["excerpts"]]


async def test_ask_long_answer_is_compressed(client: httpx.AsyncClient) -> None:
    response = await client.get("/ask", params={"q": QUESTION, "k": 20}, headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("question", ["", "  ", "<question>", "%00%07", None])
@pytest.mark.parametrize("form", ["json", "md"])
async def test_ask_nothing_says_how_to_ask(client: httpx.AsyncClient, question: str | None, form: str) -> None:
    query = "" if question is None else f"q={question.replace('<', '%3C').replace('>', '%3E')}&"
    response = await client.get(f"/ask?{query}format={form}")
    assert response.status_code == 200
    assert "/ask?q=<question>" in response.text
    assert response.headers["x-askmd-answered"] == "false"


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("q=x&limit=3", "limit", "did you mean k?"),
        ("q=x&gaol=tea", "gaol", "did you mean goal?"),
        ("q=x&k=0", "k", "should be greater than or equal to 1"),
        ("q=x&k=21", "k", "should be less than or equal to 20"),
        ("q=x&k=many", "k", "should be a valid integer"),
        ("q=x&run=maybe", "run", "should be 'cached', 'live' or 'off'"),
        ("q=x&scope=page", "scope", "needs a page"),
        ("q=x&page=guide/boilin", "page", "the nearest: guide/boiling.md"),
        ("q=x&page=../../etc/passwd", "page", "is not in the notes"),
        ("q=x&q=y", "q", "is given 2 times"),
        ("q=x&ask=y", "q", "give one of them"),
        ("q=x&max_chars=10", "max_chars", "greater than or equal to 200"),
        (f"q={'x' * 2001}", "q", "has 2,001 characters; 2,000 are the most"),
        (f"q={'x' * 60_000}", "q", "has 60,000 characters"),
        (f"q=x&goal={'x' * 2001}", "goal", "has 2,001 characters"),
    ],
)
async def test_ask_parameter_not_usable_is_named(
    client: httpx.AsyncClient, query: str, field: str, message: str
) -> None:
    response = await client.get(f"/ask?{query}")
    problem = response.json()
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["instance"] == "/ask"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert [error["field"] for error in problem["errors"]] == [field]
    assert message in problem["errors"][0]["message"]
    assert len(response.content) < 2_000


async def test_ask_html_and_control_characters_stay_text(client: httpx.AsyncClient) -> None:
    response = await client.get("/ask?q=%3Cscript%3Ealert(1)%3C/script%3E%00%1b[31m+water+boil%3F&format=md")
    assert response.text.startswith("# \\<script>alert(1)\\</script> \\[31m water boil?\n")
    assert "\x1b" not in response.text


async def test_ask_hostile_notes_stay_quoted(client: httpx.AsyncClient) -> None:
    text = (await client.get("/ask", params={"q": "When is DryKettle raised?", "format": "md"})).text
    assert "</system>" in text
    assert all(line.startswith(">") for line in text.split("\n") if "</system>" in line or "<script>" in line)
    assert text.split("\n").count("# Sources:") == 0
    assert text.split("\n").count("# Sources") == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=80), form=st.sampled_from(["json", "md"]))
async def test_ask_any_text_is_answered(client: httpx.AsyncClient, question: str, form: str) -> None:
    text = question.encode("utf-8", "surrogatepass")
    response = await client.get(f"/ask?q={quote(text)}&format={form}")
    assert response.status_code == 200


async def test_ask_full_queue_is_503_with_retry_after(client: httpx.AsyncClient, app: Any) -> None:
    application = app.state.application
    async with asyncio.TaskGroup() as group:
        release = asyncio.Event()

        async def occupy() -> None:
            async with application.questions.enter():
                await release.wait()

        room = application.settings.question_queue + 32
        for _ in range(room):
            group.create_task(occupy())
        await asyncio.sleep(0)
        response = await client.get("/ask", params={"q": QUESTION, "k": 3})
        release.set()
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.json()["title"] == "Busy"


async def test_search_gives_excerpts_only(client: httpx.AsyncClient) -> None:
    body = (await client.get("/search", params={"q": "bimetallic strip", "k": 2})).json()
    assert [excerpt["rank"] for excerpt in body["excerpts"]] == [1, 2]
    assert body["excerpts"][0]["headings"] == ["Boiling", "Switching off"]
    assert "answer" not in body


async def test_search_nothing_finds_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/search")).json()["excerpts"] == []


async def test_search_unknown_parameter_is_named(client: httpx.AsyncClient) -> None:
    response = await client.get("/search?q=x&run=off")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "run"

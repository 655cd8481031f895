"""The examples of the notes: listed, shown and run."""

from __future__ import annotations

import asyncio
import html
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

pytestmark = pytest.mark.anyio


async def listed(client: httpx.AsyncClient, **parameters: Any) -> list[dict[str, Any]]:
    response = await client.get("/examples", params=parameters)
    assert response.status_code == 200, response.text
    examples: list[dict[str, Any]] = response.json()["examples"]
    return examples


async def test_examples_each_has_the_result_of_its_run(client: httpx.AsyncClient) -> None:
    found = {(each["page"], each["start_line"]): each["run"] for each in await listed(client)}
    assert {place: run["status"] for place, run in found.items()} == {
        ("guide/boiling.md", 13): "ok",
        ("guide/boiling.md", 27): "ok",
        ("guide/boiling.md", 43): "not_runnable",
        ("guide/timers.md", 7): "ok",
        ("guide/timers.md", 19): "cpu_limit",
        ("reference/errors.md", 6): "error",
    }
    assert found["guide/timers.md", 7]["matches_expected"] is False
    assert found["guide/boiling.md", 43]["reason"]


async def test_examples_by_status_and_page(client: httpx.AsyncClient) -> None:
    assert [each["page"] for each in await listed(client, status="error")] == ["reference/errors.md"]
    assert {each["page"] for each in await listed(client, page="/guide/timers")} == {"guide/timers.md"}


async def test_examples_by_what_their_runs_mean_for_the_notes(client: httpx.AsyncClient) -> None:
    (mismatch,) = await listed(client, verdict="mismatch")
    assert (mismatch["page"], mismatch["start_line"], mismatch["run"]["status"]) == ("guide/timers.md", 7, "ok")
    assert [each["run"]["error"] for each in await listed(client, verdict="failed")][1] == "ValueError: no water"


async def test_examples_come_in_parts(client: httpx.AsyncClient) -> None:
    first = (await client.get("/examples", params={"limit": 4})).json()
    second = (await client.get("/examples", params={"limit": 4, "skip": 4})).json()
    assert (first["total"], len(first["examples"]), len(second["examples"])) == (6, 4, 2)
    assert sum(first["counts"].values()) == 6


@pytest.mark.parametrize("query", ["status=fine", "verdict=bad", "page=nowhere", "limit=0", "kind=python"])
async def test_examples_parameter_not_usable_is_422(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/examples?{query}")).status_code == 422


async def test_example_by_id_is_shown(client: httpx.AsyncClient) -> None:
    (first, *_) = await listed(client)
    assert (await client.get(f"/examples/{first['id']}")).json() == first


@pytest.mark.parametrize("example_id", ["nope", "..%2f..%2fetc", "%00", "x" * 5_000])
async def test_example_unknown_id_is_404(client: httpx.AsyncClient, example_id: str) -> None:
    for response in (await client.get(f"/examples/{example_id}"), await client.post(f"/run/{example_id}")):
        assert response.status_code in {404, 405}
        assert response.headers["content-type"] == "application/problem+json"
        assert "root:" not in response.text


async def test_run_gives_a_new_result(client: httpx.AsyncClient) -> None:
    (example,) = await listed(client, status="error")
    body = (await client.post(f"/run/{example['id']}", params={"clock": "real"})).json()
    assert (body["id"], body["run"]["status"], body["run"]["clock"]) == (example["id"], "error", "real")
    assert "ValueError: no water" in body["run"]["stderr"]


async def test_run_not_runnable_is_a_result(client: httpx.AsyncClient) -> None:
    (example,) = await listed(client, status="not_runnable")
    response = await client.post(f"/run/{example['id']}")
    assert (response.status_code, response.json()["run"]["status"]) == (200, "not_runnable")


async def test_run_endless_program_ends_while_questions_are_answered(client: httpx.AsyncClient) -> None:
    (example,) = await listed(client, status="cpu_limit")
    run = asyncio.create_task(client.post(f"/run/{example['id']}"))
    await asyncio.sleep(0)
    assert (await client.get("/ask", params={"q": "What is an endless timer?"})).status_code == 200
    assert not run.done()
    assert (await run).json()["run"]["status"] == "cpu_limit"


async def test_run_full_queue_is_429_with_retry_after(client: httpx.AsyncClient, app: FastAPI) -> None:
    runs = app.state.application.runs
    (example, *_) = await listed(client, status="ok")
    async with asyncio.TaskGroup() as group:
        release = asyncio.Event()

        async def occupy() -> None:
            async with runs.enter():
                await release.wait()

        for _ in range(app.state.application.settings.run_concurrency + app.state.application.settings.run_queue):
            group.create_task(occupy())
        await asyncio.sleep(0)
        response = await client.post(f"/run/{example['id']}")
        release.set()
    assert response.status_code == 429
    assert response.headers["retry-after"] == "8"
    assert response.json()["title"] == "Too many runs"


async def test_run_by_get_is_405(client: httpx.AsyncClient) -> None:
    (example, *_) = await listed(client)
    assert (await client.get(f"/run/{example['id']}")).status_code in {404, 405}


async def test_example_with_tasks_has_a_timeline(client: httpx.AsyncClient) -> None:
    (example,) = [each for each in await listed(client, page="guide/boiling.md") if each["run"]["timeline"]]
    assert example["run"]["timeline"] == f"/examples/{example['id']}/timeline.svg"
    response = await client.get(example["run"]["timeline"])
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
    assert "script" not in response.headers["content-security-policy"]
    assert example["run"]["timeline_text"] in html.unescape(response.text)
    assert f"guide/boiling.md:{example['start_line']}-{example['end_line']}" in response.text


async def test_timeline_of_a_run_on_the_real_clock_is_its_own(client: httpx.AsyncClient) -> None:
    (example,) = [each for each in await listed(client, page="guide/boiling.md") if each["run"]["timeline"]]
    run = (await client.post(f"/run/{example['id']}", params={"clock": "real"})).json()["run"]
    assert (run["clock"], run["timeline"]) == ("real", f"/examples/{example['id']}/timeline.svg?clock=real")
    assert (await client.get(run["timeline"])).status_code == 200


async def test_timeline_that_there_is_none_of_is_404(client: httpx.AsyncClient) -> None:
    (example, *_) = await listed(client, status="error")
    response = await client.get(f"/examples/{example['id']}/timeline.svg")
    assert (response.status_code, response.json()["title"]) == (404, "Timeline not found")
    assert (await client.get("/examples/nope/timeline.svg")).json()["title"] == "Example not found"

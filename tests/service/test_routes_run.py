"""Code that callers give: refused unless allowed, and then bounded, ended with its caller, and kept nowhere."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.app import create_app
from service.sandbox.groups import SERVICE_GROUP
from service.sandbox.memory import process_tree
from service.settings import PROJECT, Settings, variables
from tests.service.sandbox.escapes.host import processes_with

RUNS_AT_ONCE = 6
CONTROL_GROUPS = Path("/sys/fs/cgroup")


def sleeping(mark: str) -> dict[str, str]:
    """Return the body of a run that sleeps as a process that is found by `mark`."""
    command = ["python", "-c", "import time; time.sleep(60)", mark]
    return {"code": f"import os, sys\nos.execv(sys.executable, {command!r})"}


def until(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Wait for what other processes do; there is no event for it on this side."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def groups_of(processes: list[int]) -> set[str]:
    """Return the names of the control groups that a service has made for its runs."""
    lines = []
    for process in processes:
        with suppress(OSError):
            lines += Path(f"/proc/{process}/cgroup").read_text().splitlines()
    parts = {part for line in lines for part in line.split("/")}
    return {part for part in parts if part.startswith("askmd-") and part != SERVICE_GROUP}


def left_of(groups: set[str]) -> list[Path]:
    return [path for name in groups for path in CONTROL_GROUPS.glob(f"**/{name}")]


class Service:
    """A real server of its own data, that runs the code it is given."""

    def __init__(self, settings: Settings, data: Path) -> None:
        self.environment = {
            **os.environ,
            **variables(settings),
            "ASKMD_DATA": str(data),
            "ASKMD_ALLOW_EDITED_CODE": "true",
            "ASKMD_RUN_TIMEOUT_SECONDS": "60",
            "ASKMD_RUN_CONCURRENCY": str(RUNS_AT_ONCE),
            "ASKMD_LOG_LEVEL": "info",
        }
        self.log = data / "log"
        self.process: subprocess.Popen[str]
        self.url = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json", "--no-build"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]

    def results(self) -> dict[str, Any]:
        """Return the examples' results by their ids, with the times of their runs."""
        examples = httpx.get(f"{self.url}examples", timeout=60).json()["examples"]
        return {each["id"]: each["run"] for each in examples}

    def end(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    service = Service(settings, Path(shutil.copytree(settings.data, tmp_path / "data")))
    service.start()
    yield service
    service.end()


@pytest.mark.anyio
async def test_given_code_is_refused_unless_it_is_allowed(client: httpx.AsyncClient) -> None:
    response = await client.post("http://127.0.0.1/run", json={"code": "print(1)"})
    body = response.json()
    assert (response.status_code, body["title"]) == (403, "Edited code not allowed")
    assert "ASKMD_ALLOW_EDITED_CODE" in body["detail"]
    assert (await client.get("/readyz")).json()["sandbox"]["edited_code"] is False


@pytest.mark.anyio
async def test_given_code_where_it_is_allowed(settings: Settings) -> None:
    """One application for all of it: each start of one takes a second."""
    app = create_app(settings.model_copy(update={"allow_edited_code": True, "run_rate": 60}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        await _runs_and_is_not_kept(client)
        await _takes_from_the_page_of_its_example(client)
        await _is_refused_when_not_usable(client)
        await _is_bounded_in_number(client)


async def _runs_and_is_not_kept(client: httpx.AsyncClient) -> None:
    before = (await client.get("/examples")).json()
    body = (await client.post("/run", json={"code": "print(6 * 7)\n"})).json()
    assert (body["language"], body["program"], body["assembled"]) == ("python", "print(6 * 7)\n", [])
    assert (body["run"]["status"], body["run"]["stdout"]) == ("ok", "42\n")
    failed = (await client.post("/run", json={"code": "1 / 0"})).json()["run"]
    assert (failed["status"], failed["exit_code"]) == ("error", 1)
    script = (await client.post("/run", json={"code": "console.log(3)", "language": "javascript"})).json()
    assert script["run"]["stdout"] == "3\n"
    waits = "import asyncio\nasync def main(): await asyncio.sleep(1)\nasyncio.run(main())\n"
    tasks = (await client.post("/run", json={"code": waits})).json()["run"]
    assert tasks["timeline"] is None
    assert "0 s to 1 s" in tasks["timeline_text"]
    assert (await client.get("/examples")).json() == before


async def _takes_from_the_page_of_its_example(client: httpx.AsyncClient) -> None:
    examples = (await client.get("/examples", params={"page": "guide/boiling"})).json()["examples"]
    (second,) = [each for each in examples if "boiled" in each["code"]]
    edited = {"code": "print(altitude_metres * 2)\n", "example": second["id"]}
    body = (await client.post("/run", json=edited)).json()
    assert body["run"]["stdout"] == "3000\n"
    assert ["guide/boiling.md:13" in addition for addition in body["assembled"]] == [True]


async def _is_refused_when_not_usable(client: httpx.AsyncClient) -> None:
    async def status(body: dict[str, Any], **headers: str) -> int:
        return (await client.post("/run", json=body, headers=headers)).status_code

    assert await status({"code": ""}) == 422
    assert await status({"code": "1", "kind": "python"}) == 422
    assert await status({"code": "1", "language": "sh"}) == 422
    assert await status({"code": "1", "example": "nope"}) == 404
    assert await status({"code": "#" * 70_000}) == 413
    assert await status({"code": "1"}, host="evil.example") == 421
    assert await status({"code": "1"}, origin="https://evil.example") == 403


async def _is_bounded_in_number(client: httpx.AsyncClient) -> None:
    (example, *_) = (await client.get("/examples", params={"status": "not_runnable"})).json()["examples"]
    responses = [await client.post(f"/run/{example['id']}") for _ in range(12)]
    refused = [response for response in responses if response.status_code == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1


def test_caller_who_leaves_ends_the_run(service: Service) -> None:
    async def leave() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            asking = asyncio.create_task(client.post(f"{service.url}run", json=sleeping("left-70ac")))
            assert await asyncio.to_thread(until, lambda: list(processes_with("left-70ac")))
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

    asyncio.run(leave())
    assert until(lambda: not list(processes_with("left-70ac")), 10)
    assert until(lambda: "path=/run status=499" in service.log.read_text())
    assert httpx.post(f"{service.url}run", json={"code": "print(1)"}, timeout=60).json()["run"]["stdout"] == "1\n"


async def end_during_runs(service: Service, mark: str, number: signal.Signals) -> tuple[list[int], set[str]]:
    """End the service while runs sleep; return its processes and control groups until then."""
    async with httpx.AsyncClient(timeout=60) as client:
        runs = [client.post(f"{service.url}run", json=sleeping(mark)) for _ in range(RUNS_AT_ONCE)]
        asking = asyncio.gather(*runs, return_exceptions=True)
        assert await asyncio.to_thread(until, lambda: len(list(processes_with(mark))) >= RUNS_AT_ONCE)
        tree = list(process_tree(service.process.pid))
        groups = groups_of(tree)
        await asyncio.to_thread(service.end, number)
        await asking
    return tree, groups


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_service_that_ends_during_runs_leaves_nothing_and_its_ledger_whole(
    service: Service, number: signal.Signals
) -> None:
    assert until(lambda: None not in service.results().values())
    results = service.results()
    mark = f"ended-by-{number.name}-b1f0"
    tree, groups = asyncio.run(end_during_runs(service, mark, number))
    assert until(lambda: not list(processes_with(mark)))
    assert until(lambda: not [process for process in tree if Path(f"/proc/{process}").exists()])
    assert until(lambda: not left_of(groups))
    with sqlite3.connect(Path(service.environment["ASKMD_DATA"]) / "ledger.sqlite3") as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    ledger.close()
    service.start()
    assert service.results() == results

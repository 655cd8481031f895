"""Several processes on one port: all of them answer, a crashed one is replaced, and all of them stop."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from service.benchmark.server import environment, worker_processes
from service.leading import Leading
from service.settings import PROJECT, Settings
from service.workers import share_of_worker
from tests.service.building import build

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A supervisor with its workers."""

    process: subprocess.Popen[str]
    url: str
    settings: Settings

    def workers(self) -> set[int]:
        return set(worker_processes(self.process.pid))

    def index_version(self) -> str:
        """Ask whichever worker takes a new connection; one that was just killed may take the connection with it."""
        try:
            return str(httpx.get(f"{self.url}readyz", timeout=SECONDS).json()["index"]["version"])
        except httpx.TransportError:
            return ""


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Iterator[Served]:
    """Serve a copy of the small notes by two workers."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "whistle.md").write_text("# Whistle\n\nThe kettle's whistle is 80 decibels loud.\n")
    own = settings.model_copy(
        update={"notes": notes, "data": tmp_path / "data", "workers": 2, "reload_seconds": 0.1, "run_warm": 0}
    )
    build(own)
    command = [sys.executable, "-m", "service", "serve", "--no-build", "--port", "0", "--json"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(own), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Served(process, json.loads(process.stdout.readline())["url"], own)
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    """Look again and again: processes tell nobody."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_workers_answer_are_replaced_take_a_newer_index_and_stop(served: Served) -> None:
    first = served.workers()
    assert len(first) == 2
    answer = httpx.get(f"{served.url}ask", params={"q": "How loud is the kettle's whistle?"}, timeout=SECONDS).json()
    assert "80 decibels" in answer["answer"]["text"]

    crashed = min(first)
    os.kill(crashed, signal.SIGKILL)
    wait_until(lambda: len(served.workers() - {crashed}) == 2)
    wait_until(lambda: served.index_version() != "")

    (served.settings.notes / "steam.md").write_text("# Steam\n\nSteam burns.\n")
    newer = build(served.settings)
    wait_until(lambda: all(served.index_version() == newer for _ in range(20)))

    workers = served.workers()
    served.process.send_signal(signal.SIGTERM)
    _, errors = served.process.communicate(timeout=SECONDS)
    assert served.process.returncode == 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert "Traceback" not in errors


def test_workers_share_connections_that_come_at_once(served: Served) -> None:
    def sockets(worker: int) -> int:
        folder = Path(f"/proc/{worker}/fd")
        return sum(str(file.readlink()).startswith("socket:") for file in folder.iterdir() if file.is_symlink())

    address = urlsplit(served.url)
    before = {worker: sockets(worker) for worker in served.workers()}
    with contextlib.ExitStack() as connections:
        for _ in range(60):
            connections.enter_context(socket.create_connection((address.hostname, address.port)))
        wait_until(lambda: sum(sockets(worker) - before[worker] for worker in before) == 60)
        assert min(sockets(worker) - before[worker] for worker in before) > 5


def test_workers_stop_when_their_supervisor_is_killed(served: Served) -> None:
    workers = served.workers()
    served.process.kill()
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_leading_one_process_leads_until_it_lets_go(tmp_path: Path) -> None:
    first, second = Leading(tmp_path), Leading(tmp_path)
    assert first.claim()
    assert first.claim(), "who leads goes on leading"
    assert not second.claim()
    first.release()
    assert second.claim()
    second.release()


def test_leading_folder_that_cannot_be_written_leaves_each_to_itself(tmp_path: Path) -> None:
    first, second = Leading(tmp_path / "gone"), Leading(tmp_path / "gone")
    assert first.claim()
    assert second.claim()
    first.release()
    second.release()


def test_share_of_worker_bounds_the_runs_of_all_together(settings: Settings) -> None:
    all_runs = {"run_concurrency": 6, "run_queue": 0, "run_warm": 2, "run_rate": 600}
    share = share_of_worker(settings.model_copy(update={"workers": 3, **all_runs}))
    assert (share.run_concurrency, share.run_queue, share.run_warm, share.run_rate) == (2, 0, 1, 200)

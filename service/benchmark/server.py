"""A real `askmd serve` in a process of its own, for as long as it is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from service.benchmark.errors import MeasuredServiceFailed
from service.settings import PROJECT, Settings, variables

START_SECONDS = 60
STOP_SECONDS = 15
SETTLE_SECONDS = 30
"""How long a start may run examples whose results are not known before it is measured all the same."""


@dataclass(frozen=True, slots=True)
class Server:
    """A service that answers."""

    url: str
    process_ids: list[int]
    """Of those that answer."""
    started_seconds: float
    """From the start of the process until `/readyz` said that it is ready."""


@contextmanager
def serving(settings: Settings, *arguments: str) -> Iterator[Server]:
    """Serve the index of these settings on a free port while the block runs. Raises MeasuredServiceFailed."""
    command = [sys.executable, "-m", "service", "serve", "--no-build", "--port", "0", "--json", *arguments]
    with tempfile.TemporaryFile("w+") as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  (our own command line)
            command, cwd=PROJECT, env=environment(settings), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            url = _announced_url(process, errors)
            _wait_until_ready(url)
            yield Server(url, worker_processes(process.pid), time.perf_counter() - begun)
        finally:
            _stop(process)


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that makes another process take these settings; questions asked there are not kept."""
    given = variables(settings.model_copy(update={"log_questions": "none"}))
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ASKMD_")}
    return {**kept, **given}


def settle(url: str) -> bool:
    """Wait until every example has a result, so that runs do not disturb what is measured; tell whether it is so."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        if "not_run" not in httpx.get(f"{url}readyz", timeout=START_SECONDS).json()["examples"]:
            return True
        time.sleep(0.2)
    return False


def _announced_url(process: subprocess.Popen[str], errors: IO[str]) -> str:
    """Return the address that the service tells once it answers."""
    assert process.stdout is not None  # noqa: S101  (it is a pipe)
    line = process.stdout.readline()
    if not line:
        process.wait(STOP_SECONDS)
        errors.seek(0)
        raise MeasuredServiceFailed(errors.read())
    return str(json.loads(line)["url"])


def _wait_until_ready(url: str) -> None:
    response = httpx.get(f"{url}readyz", timeout=START_SECONDS)
    if response.status_code != httpx.codes.OK:
        raise MeasuredServiceFailed(response.text)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def worker_processes(process_id: int) -> list[int]:
    """Return the processes that answer: the service itself, or the workers that it looks after. By Linux."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    workers = [int(child) for child in children if b"spawn_main" in _command_line(child)]
    return workers or [process_id]


def _command_line(process_id: str) -> bytes:
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def memory_bytes(process_id: int) -> tuple[int, int]:
    """Return the resident memory of a process, and the part of it that no other process shares, by Linux."""
    values: dict[str, int] = {}
    for line in Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]:
        name, kilobytes = line.split()[:2]
        values[name.rstrip(":")] = int(kilobytes) * 1024
    return values["Rss"], values["Private_Clean"] + values["Private_Dirty"]


def processor_seconds(process_ids: Sequence[int]) -> float:
    """Return the processor time that processes have used until now, by Linux."""
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in process_ids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")

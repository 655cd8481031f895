"""Running examples: how soon a waiting Python has run a program, next to starting one; how many programs of a batch run
in a second, each in namespaces of its own; and how long all examples of the notes take.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time

import httpx

from service.benchmark.bench import Bench
from service.benchmark.errors import ProgramNotRun
from service.benchmark.figures import Figure, latencies
from service.benchmark.server import serving, settle
from service.open_runner import open_runner
from service.page_examples import by_page
from service.sandbox import Program, Sandbox

PROGRAM = "import asyncio; print(1)"
PRINTED = "1\n"
PAUSE_SECONDS = 0.1
"""Between two runs, as between two presses of a button: a new process takes the place of the one that was used."""
SIDE_BY_SIDE = 4


def measure(bench: Bench) -> list[Figure]:
    """Measure all of it. Raises ProgramNotRun where there is no sandbox."""
    return [*asyncio.run(_runs(bench)), *_over_http(bench), *asyncio.run(_batch(bench)), *asyncio.run(_notes(bench))]


async def _runs(bench: Bench) -> list[Figure]:
    """Run one program again and again, in turn by a waiting Python and by one that is started for it."""
    rounds = bench.size(50, 5)
    warm_ms, plain_ms = [], []
    sandbox = await Sandbox.open(bench.settings.run_limits, warm=1)
    try:
        for done in range(rounds):
            bench.report("runs", done, rounds)
            await sandbox.warmed()
            await asyncio.sleep(PAUSE_SECONDS)
            begun = time.perf_counter()
            await _run(sandbox)
            warm_ms.append((time.perf_counter() - begun) * 1000)
            plain_ms.append(await asyncio.to_thread(_plain_run_ms))
    finally:
        await sandbox.close()
    warm = latencies("warm_run", "a program in a waiting Python", warm_ms)
    plain = latencies("python_start", "the same by `python -I`, not confined", plain_ms)
    quicker = Figure("times_quicker", plain[0].value / warm[0].value, "the one beside the other, p50", "times")
    return [*warm[:2], *plain[:2], quicker]


def _over_http(bench: Bench) -> list[Figure]:
    """The same through `POST /run` of a real service."""
    settings = bench.settings.model_copy(update={"allow_edited_code": True})
    rounds = bench.size(50, 5)
    times_ms = []
    with serving(settings) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        settle(server.url)
        for done in range(rounds):
            bench.report("runs over HTTP", done, rounds)
            time.sleep(PAUSE_SECONDS)
            begun = time.perf_counter()
            run = client.post("run", json={"code": PROGRAM, "clock": "real"}).json()["run"]
            times_ms.append((time.perf_counter() - begun) * 1000)
            _check(run["status"], run["stdout"])
    return latencies("http_run", "the same by POST /run", times_ms)[:2]


async def _batch(bench: Bench) -> list[Figure]:
    """Run many programs as a batch."""
    count = bench.size(400, 40)
    sandbox = await Sandbox.open(bench.settings.run_limits, concurrency=SIDE_BY_SIDE)
    try:
        await asyncio.gather(*(_run(sandbox, batch=True) for _ in range(SIDE_BY_SIDE)))  # the servers are there
        begun = time.perf_counter()
        await asyncio.gather(*(_run(sandbox, batch=True) for _ in range(count)))
        seconds = time.perf_counter() - begun
    finally:
        await sandbox.close()
    return [Figure("batch_runs_per_second", count / seconds, "programs of a batch, each in new namespaces", "1/s")]


async def _notes(bench: Bench) -> list[Figure]:
    """Run all examples of the notes anew."""
    settings = bench.settings
    examples = by_page(bench.index.examples())
    async with open_runner(settings, settings.data / "bench-ledger.sqlite3") as (runner, _):
        begun = time.perf_counter()
        proven = await runner.verify(
            examples,
            lambda done, total, _: bench.report("examples of the notes", done, total),
            concurrency=settings.run_concurrency,
        )
        seconds = time.perf_counter() - begun
    ran = sum(each.run is not None and each.run.exit_code is not None for each in proven)
    return [
        Figure("verify_seconds", seconds, f"all {len(proven)} examples of the notes, of which {ran} ran", "s"),
    ]


async def _run(sandbox: Sandbox, *, batch: bool = False) -> None:
    outcome = await sandbox.run(Program(PROGRAM), batch=batch)
    _check(outcome.status, outcome.stdout, outcome.detail)


def _check(status: str, printed: str, detail: str = "") -> None:
    if (status, printed) != ("ok", PRINTED):
        raise ProgramNotRun(status, detail)


def _plain_run_ms() -> float:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    begun = time.perf_counter()
    subprocess.run([python, "-I", "-c", PROGRAM], stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    return (time.perf_counter() - begun) * 1000

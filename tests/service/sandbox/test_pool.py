"""Processes that wait for a program: each takes one, another takes its place, and a batch leaves them alone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.sandbox import Program, Sandbox
from service.sandbox.inside.worker import PLACEHOLDER
from service.sandbox.memory import process_tree
from tests.service.sandbox.conftest import SHORT, until

WARM = 2
PRINT_RANDOM = Program("import os, random; print(os.getppid(), random.random(), hash('a'), id(object()))")


@pytest.fixture(scope="module")
def warm(loop_runner: asyncio.Runner) -> Iterator[Sandbox]:
    opened = loop_runner.run(Sandbox.open(SHORT, warm=WARM))
    if not opened.available:
        pytest.skip(f"no isolation here: {opened.status.detail}")
    loop_runner.run(opened.warmed())
    yield opened
    loop_runner.run(opened.close())


def test_run_takes_a_process_that_waits_and_another_takes_its_place(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def run_one() -> tuple[int, int, int]:
        await warm.warmed()
        before = warm.waiting
        running = asyncio.create_task(warm.run(Program("import time; time.sleep(0.2)")))
        assert await until(lambda: warm.waiting < before)
        meanwhile = warm.waiting
        assert (await running).status == "ok"
        await warm.warmed()
        return before, meanwhile, warm.waiting

    assert loop_runner.run(run_one()) == (WARM, WARM - 1, WARM)


def test_batch_leaves_the_processes_that_wait_to_others(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def run_one() -> int:
        await warm.warmed()
        running = asyncio.create_task(warm.run(Program("import time; time.sleep(0.2)"), batch=True))
        await asyncio.sleep(0.1)
        meanwhile = warm.waiting
        assert (await running).status == "ok"
        return meanwhile

    assert loop_runner.run(run_one()) == WARM


def test_process_that_waits_is_used_once(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def outputs() -> list[str]:
        return [(await warm.run(PRINT_RANDOM)).stdout for _ in range(WARM + 2)]

    lines = loop_runner.run(outputs())
    assert len(set(lines)) == len(lines) == WARM + 2
    assert len({line.split()[2] for line in lines}) == len(lines)  # the seed of hashes is each one's own


def test_process_that_died_while_it_waited_is_passed_over(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def kill_one_and_run() -> str:
        await warm.warmed()
        before = len(_waiting(os.getpid()))
        os.kill(_waiting(os.getpid())[-1], signal.SIGKILL)
        assert await until(lambda: len(_waiting(os.getpid())) <= before - 2)  # its Python, and bwrap's processes
        await asyncio.sleep(0.05)  # and its end is told
        outcomes = [await warm.run(Program("print(1)")) for _ in range(WARM)]
        return "".join(outcome.stdout for outcome in outcomes)

    assert loop_runner.run(kill_one_and_run()) == "1\n" * WARM


def test_run_that_finds_no_process_waiting_starts_one(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def many() -> list[str]:
        return [
            outcome.stdout for outcome in await asyncio.gather(*(warm.run(Program(f"print({n})")) for n in range(8)))
        ]

    assert loop_runner.run(many()) == [f"{n}\n" for n in range(8)]


def test_closed_pool_leaves_no_process(warm: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def open_and_close() -> None:
        opened = await Sandbox.open(SHORT, warm=WARM)
        await opened.close()

    loop_runner.run(warm.warmed())  # the other pool's processes are not to be taken for this one's
    before = set(_waiting(os.getpid()))
    loop_runner.run(open_and_close())
    assert set(_waiting(os.getpid())) <= before


def _waiting(service: int) -> list[int]:
    """Return the processes below `service` that wait for a program."""
    return [process for process in process_tree(service) if PLACEHOLDER in _arguments(process)]


def _arguments(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode().replace("\0", " ")
    except OSError:
        return ""

"""A sandbox that is opened once, and what tests need to look at it from the host's side."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.sandbox import Clock, Limits, Outcome, Program, Sandbox

SHORT = Limits(wall_seconds=2.0, cpu_seconds=1)

Run = Callable[..., Outcome]


async def until(condition: Callable[[], object], seconds: float = 10) -> bool:
    """Wait for what other processes do; there is no event for it on this side."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


@pytest.fixture(scope="session")
def loop_runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def sandbox(loop_runner: asyncio.Runner) -> Iterator[Sandbox]:
    """A proven sandbox with short limits; tests that need one are skipped where there is no isolation."""
    opened = loop_runner.run(Sandbox.open(SHORT))
    if not opened.available:
        pytest.skip(f"no isolation here: {opened.status.detail}")
    yield opened
    loop_runner.run(opened.close())


@pytest.fixture
def run(sandbox: Sandbox, loop_runner: asyncio.Runner) -> Run:
    """Run code in the session's sandbox: `run(code)`, `run(code, language="javascript")`."""

    def run_program(
        code: str,
        language: str = "python",
        name: str = "example.py",
        clock: Clock = "real",
        wall_seconds: float | None = None,
    ) -> Outcome:
        if language in sandbox.status.missing:
            pytest.skip(sandbox.status.missing[language])
        return loop_runner.run(sandbox.run(Program(code, language, name, clock, wall_seconds)))

    return run_program


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may enter and read; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="askmd-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def processes_with() -> Callable[[str], list[int]]:
    """Find the live processes whose arguments hold a word, such as the name of a program."""

    def find(word: str) -> list[int]:
        return [
            int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and word in _arguments(entry)
        ]

    return find


def _arguments(process: Path) -> str:
    if process.name == str(os.getpid()):
        return ""
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:
        return ""

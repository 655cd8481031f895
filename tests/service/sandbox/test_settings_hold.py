"""Every limit that an operator can set is the one that a program meets, alone and in a batch."""

from __future__ import annotations

import asyncio
import json

import pytest

from service.sandbox import Limits, Outcome, Program, Sandbox
from service.sandbox.groups import PARENT_PROCESSES
from service.settings import load_settings

MEBIBYTE = 1 << 20
SETTINGS = {
    "run_timeout_seconds": 20.0,
    "run_cpu_seconds": 7,
    "run_memory_bytes": 200 * MEBIBYTE,
    "run_total_memory_bytes": 300 * MEBIBYTE,
    "run_processes": 24,
    "run_node_processes": 40,
    "run_open_files": 32,
    "run_file_bytes": 1 * MEBIBYTE,
    "run_disk_bytes": 3 * MEBIBYTE,
    "run_output_bytes": 2048,
    "run_virtual_seconds": 30.0,
}
SHOW = """
import json, os, resource
names = ("CPU", "DATA", "NPROC", "NOFILE", "FSIZE", "CORE", "MEMLOCK", "MSGQUEUE", "STACK")
limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}
folder = os.statvfs("/tmp")
print(json.dumps({**limits, "tmp": folder.f_blocks * folder.f_frsize}))
"""


def test_every_limit_has_a_setting() -> None:
    given = load_settings({}, **SETTINGS).run_limits
    default = Limits()
    unset = [name for name in Limits.__slots__ if getattr(given, name) == getattr(default, name)]
    assert unset == ["shared_memory_bytes", "stack_bytes", "program_bytes"]


def test_total_memory_is_never_less_than_that_of_one_process() -> None:
    limits = load_settings({}, run_memory_bytes=1 << 30).run_limits
    assert limits.total_memory_bytes == 1 << 30


@pytest.fixture(scope="module")
def outcomes(loop_runner: asyncio.Runner) -> dict[str, Outcome]:
    """What programs meet in a sandbox with these settings."""

    async def run_all() -> dict[str, Outcome]:
        sandbox = await Sandbox.open(load_settings({}, **SETTINGS).run_limits)
        if not sandbox.available:
            pytest.skip(f"no isolation here: {sandbox.status.detail}")
        try:
            return {
                "alone": await sandbox.run(Program(SHOW)),
                "batch": await sandbox.run(Program(SHOW), batch=True),
                "long": await sandbox.run(Program("print('x' * 4096)")),
                "waits": await sandbox.run(Program("import time; time.sleep(40)", clock="virtual")),
                "opens": await sandbox.run(Program("files = [open('/dev/null') for _ in range(40)]")),
                "writes": await sandbox.run(Program("open('/tmp/x', 'wb').write(b'x' * (2 << 20))")),
            }
        finally:
            await sandbox.close()

    return loop_runner.run(run_all())


@pytest.mark.parametrize(("way", "more"), [("alone", 0), ("batch", PARENT_PROCESSES)])
def test_program_meets_the_limits_that_are_set(outcomes: dict[str, Outcome], way: str, more: int) -> None:
    assert outcomes[way].stderr == ""
    assert json.loads(outcomes[way].stdout) == {
        "CPU": [7, 8],
        "DATA": [200 * MEBIBYTE] * 2,
        "NPROC": [24 + more] * 2,
        "NOFILE": [32, 32],
        "FSIZE": [MEBIBYTE] * 2,
        "CORE": [0, 0],
        "MEMLOCK": [0, 0],
        "MSGQUEUE": [0, 0],
        "STACK": [8 * MEBIBYTE] * 2,
        "tmp": 3 * MEBIBYTE,
    }


def test_program_that_goes_beyond_a_set_limit_is_ended(outcomes: dict[str, Outcome]) -> None:
    assert (outcomes["long"].status, len(outcomes["long"].stdout)) == ("output_limit", 2048)
    assert outcomes["waits"].status == "virtual_time_limit"
    assert "[Errno 24]" in outcomes["opens"].stderr
    assert outcomes["writes"].status == "disk_limit"

"""A run takes nothing that it does not give back, however it ends; a sandbox neither."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from service.sandbox import Limits, Outcome, Program, Sandbox
from tests.service.sandbox.conftest import SHORT, Run, until

ROOT = Path(__file__).parents[3]
LONG = Limits(wall_seconds=60)
SLEEP = "import time; time.sleep(60)"
OTHER_USER = ("setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", "--")

Find = Callable[[str], list[int]]


def sleeping(mark: str) -> Program:
    """Return a program that sleeps as a process that is found by `mark`."""
    return Program(f"import os, sys; os.execv(sys.executable, ['python', '-c', {SLEEP!r}, {mark!r}])")


def descriptors() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def user_of(process: int) -> int:
    """Return the user that the kernel knows `process` by."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Uid:"))


def children() -> list[str]:
    return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()


def test_runs_of_every_kind_leave_no_descriptor_and_no_child(run: Run) -> None:
    run("print(1)")
    before = descriptors(), children()
    for code in ("print(1)", "1 / 0", SLEEP, "while True: print('x' * 999)", "import os; os.abort()"):
        run(code)
    assert (descriptors(), children()) == before


def test_orphan_of_a_program_is_gone_when_the_result_is_there(run: Run, processes_with: Find) -> None:
    code = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, ['python', '-c', 'import time; time.sleep(300)', 'orphan-5f0a'])
    os._exit(0)
print('parent done')
"""
    outcome = run(code)
    assert (outcome.status, outcome.stdout) == ("ok", "parent done\n")
    assert processes_with("orphan-5f0a") == []


def test_orphan_of_a_program_dies_at_the_timeout(run: Run, processes_with: Find) -> None:
    code = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    os.execv(sys.executable, ['python', '-c', 'import time; time.sleep(300)', 'orphan-77b1'])
time.sleep(60)
"""
    assert run(code).status == "timeout"
    assert processes_with("orphan-77b1") == []


def test_cancellation_kills_the_run(sandbox: Sandbox, loop_runner: asyncio.Runner, processes_with: Find) -> None:
    async def cancel_when_running() -> None:
        running = asyncio.create_task(sandbox.run(sleeping("cancelled-3e9d")))
        assert await until(lambda: processes_with("cancelled-3e9d"))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert processes_with("cancelled-3e9d") == []

    before = descriptors()
    loop_runner.run(cancel_when_running())
    assert descriptors() == before


@pytest.mark.parametrize("seconds", [0, 0.001, 0.002, 0.003, 0.004, 0.006, 0.01, 0.03])
def test_cancellation_at_any_moment_leaves_nothing(
    sandbox: Sandbox, loop_runner: asyncio.Runner, processes_with: Find, seconds: float
) -> None:
    async def cancel_soon() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sandbox.run(sleeping("cancelled-a4c0")), seconds)

    before = descriptors()
    loop_runner.run(cancel_soon())
    assert processes_with("cancelled-a4c0") == []
    assert descriptors() == before


def test_programs_run_side_by_side_up_to_the_limit(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def three() -> list[Outcome]:
        programs = [Program(f"import time; time.sleep(0.5); print({n})") for n in range(3)]
        return await asyncio.gather(*(sandbox.run(program) for program in programs))

    start = time.perf_counter()
    outcomes = loop_runner.run(three())
    assert [outcome.stdout for outcome in outcomes] == ["0\n", "1\n", "2\n"]
    assert time.perf_counter() - start > 1  # two places: the third had to wait


def test_event_loop_goes_on_while_programs_flood_and_spin(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def longest_pause() -> float:
        codes = ("while True: print('A' * 4096)", "while True: pass")
        runs = asyncio.gather(*(sandbox.run(Program(code)) for code in codes))
        longest, last = 0.0, time.perf_counter()
        while not runs.done():
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
        return longest

    assert loop_runner.run(longest_pause()) < 0.5


def test_closed_sandbox_has_killed_its_runs_and_runs_no_more(processes_with: Find) -> None:
    async def close_while_running() -> tuple[Outcome, Outcome]:
        sandbox = await Sandbox.open(LONG)
        if not sandbox.available:
            pytest.skip(sandbox.status.detail)
        running = asyncio.create_task(sandbox.run(sleeping("closed-19ab")))
        assert await until(lambda: processes_with("closed-19ab"))
        await sandbox.close()
        await sandbox.close()
        return await running, await sandbox.run(Program("print(1)"))

    before = descriptors()
    killed, refused = asyncio.run(close_while_running())
    assert (killed.status, refused.status) == ("killed", "sandbox_unavailable")
    assert processes_with("closed-19ab") == []
    assert descriptors() == before


SERVICE = """
import asyncio, sys
from service.sandbox import Limits, Program, Sandbox
async def main():
    sandbox = await Sandbox.open(Limits(wall_seconds=60))
    sleep = f"['python', '-c', 'import time; time.sleep(60)', 'in-{sys.argv[1]}']"
    code = f"import os, sys; os.execv(sys.executable, {sleep})"
    await sandbox.run(Program(code))
asyncio.run(main())
"""


@pytest.mark.usefixtures("sandbox")
def test_run_dies_with_the_service(processes_with: Find) -> None:
    service = subprocess.Popen([sys.executable, "-c", SERVICE, "bereft-c03e"], cwd=ROOT)
    assert asyncio.run(until(lambda: processes_with("in-bereft-c03e")))
    service.send_signal(signal.SIGKILL)
    service.wait()
    assert asyncio.run(until(lambda: not processes_with("in-bereft-c03e")))


FIRST_PROCESS = """
import asyncio, ctypes, os, time
from pathlib import Path
from service.sandbox import Limits, Program, Sandbox
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans come to us, as to a container's first process
async def main():
    sandbox = await Sandbox.open(Limits(wall_seconds=0.3))
    for code in ("print(1)", "import time; time.sleep(9)", "while True: print('x' * 4096)"):
        await sandbox.run(Program(code))
    await sandbox.close()
asyncio.run(main())
print(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
"""


@pytest.mark.usefixtures("sandbox")
def test_first_process_of_a_container_keeps_no_zombie() -> None:
    answer = subprocess.run([sys.executable, "-c", FIRST_PROCESS], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (answer.stdout, answer.stderr) == ("[]\n", "")


@pytest.mark.usefixtures("sandbox")
def test_unprivileged_service_has_the_same_box(public_folder: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("the other tests already run as an unprivileged user")
    program = public_folder / "program.py"
    program.write_text("import os; print(os.getuid(), os.path.exists('/proc'))")
    command = [*OTHER_USER, "/usr/bin/python3", "-B", "-m", "service.sandbox", str(program)]
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": packages}, timeout=60)
    if "No module named" in answer.stderr or "ermission denied" in answer.stderr:
        pytest.skip(f"this checkout is not readable for other users: {answer.stderr.strip()[-200:]}")
    assert (answer.stdout, answer.returncode) == ("65534 False\n", 0), answer.stderr


@pytest.mark.usefixtures("sandbox")
def test_root_service_starts_bwrap_as_another_user(
    sandbox: Sandbox, loop_runner: asyncio.Runner, processes_with: Find
) -> None:
    async def user_numbers() -> set[int]:
        running = asyncio.create_task(sandbox.run(sleeping("owner-62d8")))
        assert await until(lambda: processes_with("owner-62d8"))
        numbers = await asyncio.to_thread(lambda: {user_of(number) for number in processes_with("owner-62d8")})
        running.cancel()
        return numbers

    assert 0 not in loop_runner.run(user_numbers())


def test_limits_are_given_in_their_units() -> None:
    assert (SHORT.wall_seconds, Limits().memory_bytes, Limits().stream_bytes) == (2.0, 268_435_456, 65_536)

"""On the virtual clock a program prints what it prints on the real one, and waits for nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.clock import LANGUAGES, as_program, expectation, output_of, programs
from service.sandbox import Limits, Outcome, Program, Sandbox
from service.sandbox.inside.report import HEADER, LIMIT_EXIT_CODE, OVER_LIMIT, SIZE_BYTES
from service.sandbox.report import Reported, parse_report
from tests.service.sandbox.conftest import SHORT, Run

# All programs, three times each, and on the real clock: `scripts/clock --real`.
QUICK = """asyncgen barrier_and_semaphore conditions dates executor fork gather locks loops_in_threads mixed_thread_loop
    polls queue raw_threads simple_queues stacks sync taskgroup tcp timeout unjoined_threads wrong_lengths
    own_tasks inspected contexts errors intervals order sleeping_thread timers_promises""".split()

TWO_TASKS = """
import asyncio

async def work(name, delay):
    print(name, "starts")
    await asyncio.sleep(delay)
    print(name, "ends")

async def main():
    await asyncio.gather(work("slow", 2), work("quick", 1))

asyncio.run(main())
"""
IN_ORDER = "slow starts\nquick starts\nquick ends\nslow ends\n"

HEARTBEAT = """
import asyncio, time

async def beat():
    while True:
        try:
            await asyncio.sleep(1)
        except BaseException:
            pass

try:
    asyncio.run(beat())
except BaseException:
    time.sleep(1000)
"""

REPORT = "import resource; report = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1\n"


@pytest.fixture(scope="module")
def warm_sandbox(loop_runner: asyncio.Runner, sandbox: Sandbox) -> Iterator[Sandbox]:
    """Ends a run after a second, so that one that waits in real time does not take long."""
    opened = loop_runner.run(Sandbox.open(dataclasses.replace(SHORT, wall_seconds=1.0), warm=1))
    yield opened
    loop_runner.run(opened.close())


@pytest.mark.parametrize("program", [path for path in programs([]) if path.stem in QUICK], ids=lambda path: path.name)
def test_program_prints_the_same_on_both_clocks(sandbox: Sandbox, loop_runner: asyncio.Runner, program: Path) -> None:
    if LANGUAGES[program.suffix] in sandbox.status.missing:
        pytest.skip(sandbox.status.missing[LANGUAGES[program.suffix]])
    outcome = loop_runner.run(sandbox.run(as_program(program, "virtual")))
    assert output_of(outcome) == expectation(program).read_text()
    assert outcome.clock == "virtual"


def test_two_tasks_that_sleep_keep_their_order_and_take_no_time(
    warm_sandbox: Sandbox, loop_runner: asyncio.Runner
) -> None:
    async def run_warm() -> Outcome:
        await warm_sandbox.warmed()
        return await warm_sandbox.run(Program(TWO_TASKS, clock="virtual"))

    outcomes = [loop_runner.run(run_warm()) for _ in range(5)]
    assert {outcome.stdout for outcome in outcomes} == {IN_ORDER}
    assert {(outcome.status, outcome.clock, outcome.virtual_seconds) for outcome in outcomes} == {
        ("ok", "virtual", 2.0)
    }
    assert min(outcome.duration_ms for outcome in outcomes) < 500  # of 2,000


@pytest.mark.parametrize(("tier", "batch"), [("box", True), ("box-nested", False), ("sealed", False)])
def test_clock_is_the_same_in_every_tier(loop_runner: asyncio.Runner, sandbox: Sandbox, tier: str, batch: bool) -> None:
    async def run_there() -> Outcome:
        opened = await Sandbox.open(SHORT, tiers=(tier,))
        try:
            return await opened.run(Program(TWO_TASKS, clock="virtual", records_tasks=True), batch=batch)
        finally:
            await opened.close()

    outcome = loop_runner.run(run_there())
    if outcome.status == "sandbox_unavailable":
        pytest.skip(outcome.detail)
    assert (outcome.tier, outcome.stdout, outcome.virtual_seconds) == (tier, IN_ORDER, 2.0)
    assert [lane.name for lane in outcome.lanes] == ["main", "work", "work"]


def test_clock_is_real_when_asked_for(run: Run) -> None:
    outcome = run("import time; start = time.time(); time.sleep(0.3); print(round(time.time() - start, 1))")
    assert (outcome.stdout, outcome.clock, outcome.virtual_seconds) == ("0.3\n", "real", None)
    assert outcome.duration_ms > 300


def test_program_that_does_not_wait_skips_nothing(run: Run) -> None:
    outcome = run("print(sum(range(1000)))", clock="virtual")
    assert (outcome.stdout, outcome.clock, outcome.virtual_seconds) == ("499500\n", "virtual", 0.0)


@pytest.mark.parametrize(
    "code", [HEARTBEAT, "import time\ntime.sleep(10**6)", "import threading\nthreading.Event().wait(700)"]
)
def test_waiting_for_too_long_ends_at_the_limit_of_the_virtual_clock(run: Run, code: str) -> None:
    outcome = run(code, clock="virtual")
    assert (outcome.status, outcome.exit_code, outcome.virtual_seconds) == ("virtual_time_limit", None, 600.0)
    assert "600 s on its virtual clock" in outcome.detail


@pytest.mark.parametrize(
    "code",
    [
        "setInterval(() => {}, 1000)",
        "setTimeout(() => {}, 10 ** 6)",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 ** 6)",
    ],
    ids=["interval", "timeout", "Atomics.wait"],
)
def test_node_that_waits_for_too_long_ends_at_the_limit(run: Run, code: str) -> None:
    outcome = run(code, "javascript", clock="virtual")
    assert (outcome.status, outcome.exit_code, outcome.virtual_seconds) == ("virtual_time_limit", None, 600.0)


def test_node_that_sleeps_takes_no_time(run: Run) -> None:
    outcome = run("setTimeout(() => console.log('slept'), 100_000)", "javascript", clock="virtual")
    assert (outcome.stdout, outcome.clock, outcome.virtual_seconds) == ("slept\n", "virtual", 100.0)
    real = run("setTimeout(() => console.log('slept'), 300)", "javascript")
    assert (real.stdout, real.clock, real.virtual_seconds) == ("slept\n", "real", None)
    assert real.duration_ms > 300


def test_node_on_the_real_clock_gets_no_descriptor(run: Run) -> None:
    assert "EBADF" in run("require('fs').fstatSync(63)", "javascript").stderr


@pytest.mark.parametrize(
    "code",
    [
        "import time\nwhile time.monotonic() < float('inf'): pass",
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
        "import os, threading, time\nthreading.Thread(target=os.read, args=(os.pipe()[0], 1)).start()\ntime.sleep(9)",
        "import os, time\nif os.fork(): time.sleep(100)\nelse: time.sleep(100)",
        "import signal, time\nsignal.alarm(100)\ntime.sleep(100)",
    ],
    ids=["spin", "deadlock", "read", "child", "alarm"],
)
def test_what_is_no_wait_that_may_be_skipped_takes_real_time(
    warm_sandbox: Sandbox, loop_runner: asyncio.Runner, code: str
) -> None:
    outcome = loop_runner.run(warm_sandbox.run(Program(code, clock="virtual")))
    assert outcome.status in {"timeout", "cpu_limit"}
    assert outcome.virtual_seconds == 0.0


def test_many_threads_that_sleep_are_joined_at_once(run: Run) -> None:
    code = """
import threading, time
threads = [threading.Thread(target=time.sleep, args=(number,)) for number in range(1, 25)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("joined")
"""
    outcome = run(code, clock="virtual")
    assert (outcome.stdout, outcome.virtual_seconds) == ("joined\n", 24.0)


def test_output_is_the_same_in_every_run(run: Run) -> None:
    program = next(path for path in programs(["mixed_thread_loop"]))
    assert len({run(program.read_text(), clock="virtual").stdout for _ in range(10)}) == 1


def test_program_may_close_its_report(run: Run) -> None:
    outcome = run("import os, time; os.closerange(3, 64); time.sleep(100); print('slept')", clock="virtual")
    assert (outcome.status, outcome.stdout, outcome.clock) == ("ok", "slept\n", "virtual")


@pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "1 / 0", "os.kill(os.getpid(), 9)"])
def test_lie_about_the_clock_does_not_change_how_a_run_ended(run: Run, ending: str) -> None:
    lie = f"import os; os.pwrite(report, {HEADER.pack(2**64 - 1, 2**64 - 1, OVER_LIMIT)!r}, 0)\n"
    honest, outcome = run(f"import os\n{ending}"), run(REPORT + lie + ending, clock="virtual")
    assert (outcome.status, outcome.exit_code, outcome.signal) == (honest.status, honest.exit_code, honest.signal)
    assert outcome.virtual_seconds == SHORT.virtual_seconds + SHORT.wall_seconds


def test_failing_run_may_only_choose_its_own_label(run: Run) -> None:
    lie = f"import os; os.pwrite(report, {HEADER.pack(0, 0, OVER_LIMIT)!r}, 0); os._exit({LIMIT_EXIT_CODE})"
    assert run(REPORT + lie, clock="virtual").status == "virtual_time_limit"
    assert run(f"import os; os._exit({LIMIT_EXIT_CODE})", clock="virtual").status == "error"
    assert run(f"import os; os._exit({LIMIT_EXIT_CODE})").status == "error"


def test_report_can_not_be_made_larger(run: Run) -> None:
    code = f"""{REPORT}import os
for call in (
    lambda: os.ftruncate(report, 2**20),
    lambda: os.pwrite(report, b"x", {SIZE_BYTES}),
    lambda: os.ftruncate(report, 0),
):
    try: call()
    except OSError as error: print(type(error).__name__)
"""
    assert run(code, clock="virtual").stdout == "PermissionError\n" * 3


def test_run_on_the_real_clock_gets_no_descriptor(run: Run) -> None:
    code = REPORT + "import os\nos.fstat(report)"
    assert "Bad file descriptor" in run(code).stderr
    assert run(code, clock="virtual").status == "ok"


@given(st.binary(max_size=200) | st.builds(HEADER.pack, *[st.integers(0, 2**64 - 1)] * 2, st.integers(0, 255)))
def test_any_report_is_read_within_bounds(content: bytes) -> None:
    reported = parse_report(content, Limits())
    assert reported == Reported() or 0 <= (reported.virtual_seconds or 0) <= 605


def test_interpreter_that_can_not_have_the_clock_keeps_its_own() -> None:
    code = f"""
import sys, threading, time, _thread, os
sys.path.insert(0, {str(Path.cwd())!r})
from service.sandbox.inside import report, virtual
before = time.sleep, time.monotonic, _thread.LockType.__dict__["acquire"], threading.Thread.start, sys.excepthook
last = threading.__dict__.pop("_threading_atexits")
print(virtual.install(600, report.Report(-1)) is None)
after = time.sleep, time.monotonic, _thread.LockType.__dict__["acquire"], threading.Thread.start, sys.excepthook
print(before == after)
threading._threading_atexits = last
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.returncode) == (["True", "True"], 0), done.stderr

"""When the tasks of a run ran is recorded, bounded, and read as data of a stranger."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sandbox import Clock, Lane, Program, Sandbox, lanes_from
from service.sandbox.inside.report import EVENTS_START, SIZE_BYTES
from service.sandbox.lanes import MOST_LANES, MOST_STEPS, NAME_CHARACTERS, parse_lanes

TASKS = """
import asyncio

async def work(seconds):
    await asyncio.sleep(seconds)

async def fail():
    await asyncio.sleep(0.1)
    raise ValueError

async def main():
    slow = asyncio.create_task(work(100), name="slow")
    await asyncio.gather(work(0.3), fail(), return_exceptions=True)
    slow.cancel()

asyncio.run(main())
"""


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_tasks_are_recorded_on_both_clocks(sandbox: Sandbox, loop_runner: asyncio.Runner, clock: Clock) -> None:
    outcome = loop_runner.run(sandbox.run(Program(TASKS, clock=clock, records_tasks=True)))
    assert (outcome.status, outcome.clock) == ("ok", clock), outcome.stderr
    assert {(lane.name, lane.ending) for lane in outcome.lanes} == {
        ("main", "done"),
        ("slow", "cancelled"),
        ("work", "done"),
        ("fail", "failed"),
    }
    lanes = {lane.name: lane for lane in outcome.lanes}
    assert lanes["main"].start == 0
    assert 0.1 <= lanes["fail"].end < lanes["work"].end <= lanes["main"].end < 1
    assert [len(lane.steps) for lane in outcome.lanes] == [2, 2, 2, 2]


def test_tasks_are_not_recorded_unless_asked_for(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    assert loop_runner.run(sandbox.run(Program(TASKS, clock="virtual"))).lanes == ()


def test_single_task_that_never_waits_makes_no_picture(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = "import asyncio\nasync def main(): print(1)\nasyncio.run(main())"
    assert loop_runner.run(sandbox.run(Program(code, clock="virtual", records_tasks=True))).lanes == ()


def test_endless_tasks_fill_no_more_than_the_report(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = """
import asyncio

async def beat():
    for _ in range(3000): await asyncio.sleep(0.01)

async def main():
    await asyncio.gather(*[beat() for _ in range(60)])

asyncio.run(main())
"""
    outcome = loop_runner.run(sandbox.run(Program(code, clock="virtual", records_tasks=True)))
    assert len(outcome.lanes) == MOST_LANES
    assert sum(len(lane.steps) for lane in outcome.lanes) <= SIZE_BYTES / 12
    if outcome.status == "ok":
        assert {lane.ending for lane in outcome.lanes} == {"done"}  # there is room for how they end


def test_run_that_is_killed_leaves_what_was_recorded(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = TASKS.replace("slow.cancel()", "import os; os.kill(os.getpid(), 9)")
    outcome = loop_runner.run(sandbox.run(Program(code, clock="virtual", records_tasks=True)))
    assert (outcome.signal, {lane.name for lane in outcome.lanes}) == (9, {"main", "slow", "work", "fail"})
    assert {lane.ending for lane in outcome.lanes if lane.name in {"main", "slow"}} == {"unfinished"}


def test_lie_about_tasks_spoils_only_the_picture(sandbox: Sandbox, loop_runner: asyncio.Runner) -> None:
    lie = json.dumps(["task", 0, "<script>" * 100]).encode() + b"\n" + b'["ran", 0, 0, 1e400]\n' + b"\xff" * 100
    code = f"""{TASKS}
import os, resource
os.pwrite(resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1, {lie!r}, {EVENTS_START})
"""
    outcome = loop_runner.run(sandbox.run(Program(code, clock="virtual", records_tasks=True)))
    assert (outcome.status, outcome.lanes) == ("ok", ())


def events(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows) + bytes(10)


def test_steps_that_follow_closely_are_one_and_times_begin_with_the_first_task() -> None:
    content = events(
        ["task", 0, "a\x00\u202eb"],
        ["ran", 0, 1000, 2000],
        ["ran", 0, 2050, 3000],
        ["ran", 0, 9000, 9001],
        ["end", 0, "done"],
    )
    assert parse_lanes(content, 10) == (Lane("ab", ((0.0, 0.002), (0.008, 0.008001)), "done"),)


@pytest.mark.parametrize(
    "row",
    [
        ["task", 5, "not the next number"],
        ["task", 1, 7],
        ["ran", 1, 0, 1],
        ["ran", 0, -1, 1],
        ["ran", 0, 5, 1],
        ["ran", 0, 0, 10**400],
        ["ran", 0, "0", 1],
        ["end", 0, "exploded"],
        ["end", 3, "done"],
        {"task": 0},
        None,
    ],
    ids=str,
)
def test_what_comes_after_a_line_that_is_wrong_is_left_out(row: object) -> None:
    good = (["task", 0, "a"], ["ran", 0, 0, 1], ["ran", 0, 1000, 1001])
    assert parse_lanes(events(*good, row, ["end", 0, "done"]), 10) == parse_lanes(events(*good), 10)


rows = st.one_of(
    st.tuples(st.just("task"), st.integers(0, 50), st.text(max_size=100)),
    st.tuples(st.just("ran"), st.integers(0, 50), st.integers(0, 10**7), st.integers(0, 10**7)),
    st.tuples(st.just("end"), st.integers(0, 50), st.sampled_from(["done", "failed", "cancelled", "x"])),
)


@given(st.binary(max_size=300) | st.lists(rows, max_size=80).map(lambda found: events(*found)))
def test_any_report_makes_lanes_within_bounds(content: bytes) -> None:
    lanes = parse_lanes(content, 5.0)
    assert len(lanes) <= MOST_LANES
    for lane in lanes:
        assert len(lane.name) <= NAME_CHARACTERS
        assert lane.name.isprintable()
        assert 0 < len(lane.steps) <= MOST_STEPS
        times = [time for step in lane.steps for time in step]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= 5.0
    assert lanes_from(json.loads(json.dumps([dataclasses.asdict(lane) for lane in lanes]))) == lanes

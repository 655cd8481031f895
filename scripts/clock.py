"""Compare the virtual clock with the real one: every program of the tests, several times, with what it really prints.

It runs them in the sandbox on the virtual clock; with `--real` also on the real one, whose output is what is stored;
with `--write` it stores that output.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from service.sandbox import Clock, Limits, Outcome, Program, Sandbox

PROGRAMS = Path("tests/service/sandbox/clock_programs")
LANGUAGES = {".py": "python", ".js": "javascript", ".mjs": "javascript"}
LIMITS = Limits(wall_seconds=30.0, cpu_seconds=10)


def output_of(outcome: Outcome) -> str:
    """Return all that a program lets one see, for a comparison."""
    errors = f"-- errors --\n{outcome.stderr}" if outcome.stderr else ""
    return f"{outcome.stdout}{errors}-- {outcome.status} {outcome.exit_code} --\n"


def expectation(program: Path) -> Path:
    """Return the file that holds what a program prints on a real clock."""
    return program.with_suffix(f"{program.suffix}.txt")


def is_expected(program: Path, outcome: Outcome) -> bool:
    """Return whether a run printed what is stored."""
    return output_of(outcome) == expectation(program).read_text()


def as_program(program: Path, clock: Clock) -> Program:
    """Return what the sandbox runs; on the virtual clock with its tasks recorded, which must not be seen either."""
    code, is_virtual = program.read_text(), clock == "virtual"
    return Program(code, LANGUAGES[program.suffix], program.name, clock, records_tasks=is_virtual)


def programs(words: list[str]) -> list[Path]:
    """Return the programs whose name has one of `words`, or all."""
    found = sorted(path for path in PROGRAMS.iterdir() if path.suffix in LANGUAGES)
    return [path for path in found if not words or any(word in path.name for word in words)]


async def check(sandbox: Sandbox, program: Path, clock: Clock, times: int) -> list[Outcome]:
    """Run a program some times, and return the outcomes that are not as stored."""
    found = []
    for _ in range(times):
        outcome = await sandbox.run(as_program(program, clock))
        if outcome.clock != clock or not is_expected(program, outcome):
            found.append(outcome)
    return found


async def store(sandbox: Sandbox, program: Path) -> None:
    """Run a program on the real clock, and store what it prints."""
    outcome = await sandbox.run(as_program(program, "real"))
    await asyncio.to_thread(expectation(program).write_text, output_of(outcome))


async def main() -> int:
    """Do what the command line says; the exit code is the number of programs that differ, at most 100."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only programs whose name has one of these")
    parser.add_argument("--times", type=int, default=3, help="runs of each program (default: 3)")
    parser.add_argument("--real", action="store_true", help="run each on the real clock too")
    parser.add_argument("--write", action="store_true", help="store what each prints on the real clock")
    parser.add_argument("--tier", action="append", help="the tier to use")
    arguments = parser.parse_args()
    sandbox = await Sandbox.open(LIMITS, tiers=arguments.tier or ("box", "box-nested"))
    clocks: tuple[Clock, ...] = ("real", "virtual") if arguments.real else ("virtual",)
    differing = 0
    try:
        print(sandbox.status.tier, *sandbox.status.interpreters.values())
        for program in programs(arguments.words):
            if arguments.write:
                await store(sandbox, program)
            for clock in clocks:
                start = time.monotonic()
                wrong = await check(sandbox, program, clock, arguments.times)
                differing += bool(wrong)
                seconds = (time.monotonic() - start) / arguments.times
                print(f"{'differs' if wrong else 'same':8} {clock:8} {seconds:6.2f} s  {program.name}")
                for outcome in wrong[:1]:
                    print(output_of(outcome))
    finally:
        await sandbox.close()
    return min(differing, 100)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

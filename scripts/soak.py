"""Run programs of every kind in one sandbox, a thousand in a row, and see that each is labelled right and none leaves
anything behind: no process, descriptor, temporary file, mount, control group or memory.

`python -m scripts.soak [--runs N] [--side-by-side N] [--json]`; exits with 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from service.sandbox import Limits, Outcome, Program, Sandbox, Status
from service.sandbox.groups import PREFIX
from service.sandbox.memory import process_tree

CONTROL_GROUPS = Path("/sys/fs/cgroup")
RUNS = 1_000
SIDE_BY_SIDE = 2
WARM = 2
LIMITS = Limits(wall_seconds=30.0, cpu_seconds=1)
SHORT_SECONDS = 0.5
SETTLE_SECONDS = 60.0
GROWTH_BYTES = 64 << 20
"""Memory that the service and its broker may hold more than before: what an allocator keeps, not what runs leave."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of program, and how it may end."""

    name: str
    program: Program
    ends: tuple[Status, ...]
    prints: str | None = None
    """All of its standard output, where that is certain."""


def python(name: str, code: str, *ends: Status, prints: str | None = None, seconds: float | None = None) -> Kind:
    return Kind(name, Program(code, wall_seconds=seconds), ends, prints)


FORK_AND_LEAVE = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
print('left')
"""
TOGETHER_TOO_MUCH = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = b'x' * (150 << 20)
        time.sleep(60)
time.sleep(60)
"""
GOOD = python("good", "import asyncio; print(1)", "ok", prints="1\n")
KINDS = (
    GOOD,
    python("raises", "1 / 0", "error", prints=""),
    GOOD,
    python("sleeps on", "import time\nprint('before')\ntime.sleep(60)", "timeout", seconds=SHORT_SECONDS),
    Kind("good on a virtual clock", Program("import time; time.sleep(60); print(2)", clock="virtual"), ("ok",), "2\n"),
    python("allocates", "blocks = [bytearray(1 << 20) for _ in range(4000)]", "memory_limit"),
    GOOD,
    python("forks and leaves", FORK_AND_LEAVE, "ok", prints="left\n"),
    python("exits with 3", "raise SystemExit(3)", "error", prints=""),
    python("prints on", "while True: print('x' * 4096)", "output_limit"),
    GOOD,
    python(
        "forks on",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "timeout",
        "memory_limit",
        seconds=SHORT_SECONDS,
    ),
    python("writes", "open('/tmp/x', 'wb').write(b'x' * (7 << 20)); print(3)", "ok", prints="3\n"),
    python("writes on", "for n in range(99): open(f'/tmp/{n}', 'wb').write(b'x' * (7 << 20))", "disk_limit"),
    GOOD,
    python("crashes", "import ctypes; ctypes.string_at(0)", "error"),
    python(
        "starts threads",
        "import threading\nwhile True: threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "process_limit",
        seconds=10.0,
    ),
    Kind("good JavaScript", Program("console.log(4)", "javascript"), ("ok",), "4\n"),
    python("takes memory together", TOGETHER_TOO_MUCH, "memory_limit"),
    python("spins", "while True: pass", "cpu_limit"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What this process, its children and the host hold."""

    processes: int
    descriptors: int
    mounts: int
    temporary_files: int
    control_groups: int


@dataclass(slots=True)
class Soaked:
    """What came of it."""

    runs: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


async def soak(
    runs: int, side_by_side: int = SIDE_BY_SIDE, report: Callable[[int], None] = lambda done: None
) -> Soaked:
    """Run so many programs, every third as one of a batch, the others in a process that waits or else in a new one."""
    soaked = Soaked()
    before_opening, others = held(frozenset()), group_names()
    sandbox = await Sandbox.open(LIMITS, concurrency=side_by_side, warm=WARM)
    if not sandbox.available:
        soaked.problems.append(f"nothing can be run here: {sandbox.status.detail}")
        return soaked
    try:
        for kind in KINDS[:2]:
            await sandbox.run(kind.program)
        await sandbox.warmed()
        groups = group_names() - others
        before, memory_before = held(groups), resident_bytes()
        begun = time.perf_counter()
        # one more at a time than there are places: there is always one that waits for one
        await _run_all(sandbox, runs, side_by_side + 1, soaked, report)
        soaked.seconds = time.perf_counter() - begun
        await sandbox.warmed()
        soaked.problems += await _left(before, groups, "while it is open")
        if (growth := resident_bytes() - memory_before) > GROWTH_BYTES:
            soaked.problems.append(f"memory has grown by {growth >> 20} MiB")
    finally:
        await sandbox.close()
    soaked.problems += await _left(before_opening, groups, "after it was closed")
    return soaked


async def _run_all(sandbox: Sandbox, runs: int, callers: int, soaked: Soaked, report: Callable[[int], None]) -> None:
    kinds = [kind for kind in KINDS if kind.program.language in sandbox.status.interpreters]
    waiting = iter([*islice(cycle(kinds), runs)])

    async def work() -> None:
        for kind in waiting:
            soaked.runs += 1
            outcome = await sandbox.run(kind.program, batch=soaked.runs % 3 == 0)
            soaked.statuses[f"{kind.name}: {outcome.status}"] += 1
            soaked.problems += _judged(kind, outcome)
            report(soaked.runs)

    await asyncio.gather(*(work() for _ in range(callers)))


def _judged(kind: Kind, outcome: Outcome) -> Iterator[str]:
    if outcome.status not in kind.ends:
        yield f"{kind.name} ended as {outcome.status}: {outcome.detail} {outcome.stderr[-200:]}"
    elif kind.prints is not None and outcome.stdout != kind.prints:
        yield f"{kind.name} printed {outcome.stdout[-200:]!r}"


async def _left(before: Held, groups: frozenset[str], when: str) -> list[str]:
    """Return what is held beyond what was before; fork servers end by themselves when a batch is over."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (now := held(groups)) != before and time.monotonic() < deadline:  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.1)
    pairs = {each.name: (getattr(before, each.name), getattr(now, each.name)) for each in dataclasses.fields(Held)}
    return [f"{name} {when}: {was} before, {is_now} now" for name, (was, is_now) in pairs.items() if was != is_now]


def held(groups: frozenset[str]) -> Held:
    """Look at what is held; `groups` are the names of the service's own control groups."""
    processes = list(process_tree(os.getpid()))
    return Held(
        processes=len(processes),
        descriptors=sum(_count(Path(f"/proc/{process}/fd")) for process in _ours(processes)),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        temporary_files=_count(Path(tempfile.gettempdir())),
        control_groups=sum(1 for name in groups for _ in CONTROL_GROUPS.glob(f"**/{name}/**/")),
    )


def group_names() -> frozenset[str]:
    """Return the names of the control groups that were made for the processes that wait now, in any sandbox of ours."""
    lines = [line for process in process_tree(os.getpid()) for line in _lines(Path(f"/proc/{process}/cgroup"))]
    return frozenset(part for line in lines for part in line.split("/") if part.startswith(PREFIX))


def resident_bytes() -> int:
    """Return the memory that this process and its broker hold."""
    pages = [int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in _ours(process_tree(os.getpid()))]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def _ours(processes: Sequence[int] | Iterator[int]) -> list[int]:
    """Return this process and its broker: those that outlive a run."""
    return [*islice(processes, 2)]


def _count(folder: Path) -> int:
    try:
        return sum(1 for _ in folder.iterdir())
    except OSError:
        return 0


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, tell how each kind ended, and what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE, help="programs at one time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)

    def report(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {options.runs}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="askmd-soak-") as tempfile.tempdir:
        soaked = asyncio.run(soak(options.runs, options.side_by_side, report))
    if options.json:
        print(json.dumps(dataclasses.asdict(soaked), indent=2))
    else:
        for status, count in sorted(soaked.statuses.items()):
            print(f"{count:6}  {status}")
        print(f"{soaked.runs} runs in {soaked.seconds:.0f} s; {len(soaked.problems)} problems")
        for problem in soaked.problems:
            print(f"  {problem}")
    return 1 if soaked.problems else 0


if __name__ == "__main__":
    sys.exit(main())

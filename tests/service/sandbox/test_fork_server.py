"""A batch's programs run as if each had a box of its own: the same results, nothing of one in another, nothing left."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.sandbox import Limits, Outcome, Program, Sandbox, canary, confinement
from service.sandbox.box import Box
from service.sandbox.errors import IsolationNotProven
from service.sandbox.fork_server import ForkServer
from service.sandbox.inside.job import NICENESS
from service.sandbox.languages import PYTHON
from service.sandbox.memory import process_tree
from tests.service.sandbox.conftest import until

LIMITS = Limits(wall_seconds=10.0, cpu_seconds=1)

SAME = {
    "prints": "import asyncio; print(1)",
    "raises": "def f(): 1 / 0\nf()",
    "does not compile": "print('x'\n",
    "does not compile late": "def f():\n    pass\nreturn 1\n",
    "exits with a number": "import sys; sys.exit(7)",
    "exits with words": "import sys; sys.exit('no')",
    "exits at the end": "import atexit; atexit.register(print, 'bye'); print('hi')",
    "has objects that say goodbye": """
class Last:
    def __init__(self, name): self.name = name
    def __del__(self): print('gone', self.name)
import sys, json
here, sys.kept, json.kept = Last('main'), Last('sys'), Last('json')
cycle = [Last('cycle')]; cycle.append(cycle)
""",
    "leaves a thread running": """
import threading, time
threading.Thread(target=lambda: (time.sleep(0.1), print('t'))).start()
""",
    "leaves a daemon thread": "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
    "wraps its output": "import io, sys\nsys.stdout = io.TextIOWrapper(open(1, 'wb', closefd=False))\nprint('wrapped')",
    "closes its output": "import os, sys\nprint('x'); sys.stdout.close()",
    "aborts": "import os; os.abort()",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "kills itself": "import os; os.kill(os.getpid(), 9)",
    "ends itself": "import os, signal; os.kill(os.getpid(), signal.SIGTERM); signal.pause()",
    "is interrupted": "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
    "handles a signal": """
import os, signal
signal.signal(signal.SIGUSR1, lambda *_: print('handled'))
os.kill(os.getpid(), signal.SIGUSR1)
""",
    "spins": "while True: pass",
    "floods": "while True: print('x' * 4096)",
    "allocates": "blocks = [bytearray(1 << 20) for _ in range(4000)]",
    "starts threads": """
import threading
while True: threading.Thread(target=threading.Event().wait, daemon=True).start()
""",
    "calls a command": "import subprocess; print(subprocess.run(['echo', 'hi'], capture_output=True))",
    "calls Python": "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'print(2)'], text=True))",
    "looks around": "import os, sys; print(sys.argv, __file__, __name__, os.getcwd(), sorted(os.environ), dir())",
    "looks at its frames": "import inspect; print(len(inspect.stack()), inspect.getsource(inspect.currentframe()))",
    "uses processes": """
import multiprocessing
def work(queue): queue.put('works')
context = multiprocessing.get_context('fork')
queue = context.SimpleQueue()
process = context.Process(target=work, args=(queue,))
process.start()
print(queue.get()); process.join(); print(process.exitcode)
""",
    "forks": "import os\nif os.fork(): print(os.wait()[1])\nelse: raise SystemExit(3)",
    "fills the disk": "open('/tmp/x', 'wb').write(b'x' * (7 << 20)); open('/tmp/y', 'wb').write(b'x' * (20 << 20))",
}


@pytest.fixture(scope="module")
def opened(loop_runner: asyncio.Runner) -> Iterator[Sandbox]:
    sandbox = loop_runner.run(Sandbox.open(LIMITS, tiers=("box", "box-nested")))
    if not sandbox.available:
        pytest.skip(f"no isolation here: {sandbox.status.detail}")
    yield sandbox
    loop_runner.run(sandbox.close())


def batch(opened: Sandbox, loop_runner: asyncio.Runner, *codes: str) -> list[Outcome]:
    """Run programs one after the other, so that one server takes them all."""

    async def run_all() -> list[Outcome]:
        return [await opened.run(Program(code), batch=True) for code in codes]

    return loop_runner.run(run_all())


async def begun(opened: Sandbox, code: str) -> asyncio.Task[Outcome]:
    """Start a program in a batch and wait until a process of its own runs it."""
    await opened.run(Program("print('a server is there')"), batch=True)
    (server,) = servers()
    waiting = set(process_tree(server))
    running = asyncio.create_task(opened.run(Program(code), batch=True))
    assert await until(lambda: set(process_tree(server)) - waiting)
    return running


def servers() -> list[int]:
    """Return the waiting Pythons of fork servers: those that have no program of their own yet."""
    found = process_tree(os.getpid())
    return [process for process in found if _is_server(process)]


def _is_server(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
    lines = dict(line.split(":", 1) for line in status.splitlines())
    # the right to make namespaces, in user namespaces of its own and two levels deep
    return int(lines["CapEff"], 16) != 0 and lines["Uid"].split()[0] != "0" and len(lines["NSpid"].split()) == 2


def shown(outcome: Outcome) -> tuple[object, ...]:
    return outcome.status, outcome.exit_code, outcome.signal, outcome.stdout, outcome.stderr, outcome.truncated


@pytest.mark.parametrize("does", SAME)
def test_program_ends_in_a_batch_as_it_does_alone(opened: Sandbox, loop_runner: asyncio.Runner, does: str) -> None:
    alone = loop_runner.run(opened.run(Program(SAME[does])))
    (outcome,) = batch(opened, loop_runner, SAME[does])
    assert outcome.status != "sandbox_error"
    if outcome.status != "cpu_limit":  # which may end by either of two signals
        assert shown(outcome) == shown(alone)
    assert outcome.status == alone.status


def test_batch_is_run_by_one_server(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    outcomes = batch(opened, loop_runner, *["print(hash('a'))"] * 3)
    assert len({outcome.stdout for outcome in outcomes}) == 1  # forks of one Python: the proof that a batch is one
    assert len(servers()) == 1


def test_program_in_a_batch_is_alone(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = "import os, socket; print(os.getpid(), os.getppid(), socket.gethostname(), os.listdir('/tmp'))"
    assert [each.stdout for each in batch(opened, loop_runner, code, code)] == ["2 1 sandbox ['example.py']\n"] * 2


def test_program_in_a_batch_has_a_virtual_clock_of_its_own(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = "import asyncio; asyncio.run(asyncio.sleep(50)); print('slept')"

    async def twice() -> list[Outcome]:
        return [await opened.run(Program(code, clock="virtual"), batch=True) for _ in range(2)]

    for outcome in loop_runner.run(twice()):
        assert (outcome.status, outcome.stdout, outcome.clock) == ("ok", "slept\n", "virtual")
        assert outcome.virtual_seconds is not None
        assert 50 <= outcome.virtual_seconds < 55


def test_program_that_spoils_its_modules_spoils_no_other(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    spoil = "import asyncio, builtins, json, sys\nasyncio.run = builtins.print = json.dumps = None\nsys.modules.clear()"
    check = "import asyncio, json\nasync def main(): print(json.dumps('clean'))\nasyncio.run(main())"
    assert batch(opened, loop_runner, spoil, check)[1].stdout == '"clean"\n'


def test_programs_of_a_batch_have_their_own_chance(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    code = (
        "import os, random, uuid; print(random.random(), random.SystemRandom().random(), os.urandom(4), uuid.uuid4())"
    )
    rows = [outcome.stdout.split() for outcome in batch(opened, loop_runner, *[code] * 3)]
    assert all(len(set(column)) == len(rows) for column in zip(*rows, strict=True))


def test_program_that_lowers_its_limits_lowers_no_others(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    lower = "import resource, os\nresource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)); os.nice(5)"
    show = "import os, resource; print(resource.getrlimit(resource.RLIMIT_NOFILE), os.nice(0))"
    niceness = min(os.nice(0) + NICENESS, 19)  # these tests may be nice themselves
    shown = f"({LIMITS.open_files}, {LIMITS.open_files}) {niceness}\n"
    assert batch(opened, loop_runner, lower, show)[1].stdout == shown


def test_program_that_used_up_its_memory_leaves_the_next_all_of_it(
    opened: Sandbox, loop_runner: asyncio.Runner
) -> None:
    children = """
import os, time
for _ in range(9):
    if not os.fork(): block = b'x' * (150 << 20); break
time.sleep(9)
"""
    fits = "block = b'x' * (200 << 20); print(len(block) >> 20)"
    outcomes = batch(opened, loop_runner, children, fits, children, fits)
    assert [outcome.status for outcome in outcomes] == ["memory_limit", "ok"] * 2


def test_program_is_cancelled_and_its_server_goes_on(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def cancel() -> str:
        running = await begun(opened, "import time; time.sleep(60)")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return (await opened.run(Program("print('next')"), batch=True)).stdout

    batch(opened, loop_runner, "print(1)")
    before = servers()
    assert loop_runner.run(cancel()) == "next\n"
    assert servers() == before


def test_lost_server_is_replaced(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    batch(opened, loop_runner, "print(1)")
    (lost,) = servers()
    os.kill(lost, signal.SIGKILL)
    assert loop_runner.run(until(lambda: lost not in servers()))
    assert opened._batch is not None
    (known,) = opened._batch._free
    assert loop_runner.run(until(lambda: not known.is_free))  # its end is told
    assert batch(opened, loop_runner, "print(2)")[0].stdout == "2\n"
    assert lost not in servers()


def test_server_that_is_lost_during_a_run_makes_it_no_success(opened: Sandbox, loop_runner: asyncio.Runner) -> None:
    async def lose() -> Outcome:
        running = await begun(opened, "import time; time.sleep(5); print('late')")
        os.kill(servers()[0], signal.SIGKILL)
        return await running

    outcome = loop_runner.run(lose())
    assert (outcome.status, outcome.stdout) == ("killed", "")


@pytest.mark.parametrize(
    ("step", "hole"),
    [
        ("give_up_rights()", "has rights of root"),
        ("load_filter(", "makes unfiltered system calls"),
        ("set_limits(", "has a higher"),
        ("mount_memory(", "can't open file"),
        ("close_descriptors(", "holds descriptor 3"),
    ],
)
def test_step_that_is_left_out_is_noticed_and_no_server_used(
    opened: Sandbox, loop_runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, step: str, hole: str
) -> None:
    """The canary's own control: a server that leaves out a step of a run's confinement must not pass."""
    real = confinement.inside_source

    def weakened(name: str) -> str:
        kept = [line for line in real(name).splitlines() if name != "parent.py" or not line.strip().startswith(step)]
        return "\n".join(kept).replace(".items():\n    os.chdir", ".items():\n        pass\n    os.chdir")

    monkeypatch.setattr("service.sandbox.box.inside_source", weakened)

    async def prove() -> None:
        box = opened._confinements[PYTHON.name]
        assert isinstance(box, Box)
        server = await ForkServer.open(box, PYTHON.limits(LIMITS))
        try:
            await canary.prove(server, LIMITS)
        finally:
            await server.close()

    with pytest.raises(IsolationNotProven, match=hole):
        loop_runner.run(prove())


def test_server_that_is_not_proven_is_not_used(loop_runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise IsolationNotProven("a hole")

    async def run_one() -> tuple[Outcome, list[int]]:
        sandbox = await Sandbox.open(LIMITS, tiers=("box", "box-nested"))
        if not sandbox.available:
            pytest.skip(sandbox.status.detail)
        before = servers()
        try:
            outcomes = [await sandbox.run(Program("print(hash('a'))"), batch=True) for _ in range(2)]
            assert outcomes[0].stdout != outcomes[1].stdout
            return outcomes[0], [server for server in servers() if server not in before]
        finally:
            await sandbox.close()

    monkeypatch.setattr("service.sandbox.batch.prove", refuse)
    outcome, used = loop_runner.run(run_one())
    assert (outcome.status, used) == ("ok", [])


def test_servers_end_when_the_batch_is_over(loop_runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run_and_wait() -> bool:
        sandbox = await Sandbox.open(LIMITS, tiers=("box", "box-nested"))
        if not sandbox.available:
            pytest.skip(sandbox.status.detail)
        before = servers()
        try:
            await sandbox.run(Program("print(1)"), batch=True)
            assert [server for server in servers() if server not in before]
            return await until(lambda: not [server for server in servers() if server not in before])
        finally:
            await sandbox.close()

    monkeypatch.setattr("service.sandbox.batch.IDLE_SECONDS", 0.1)
    assert loop_runner.run(run_and_wait())


def test_closed_sandbox_leaves_no_server(loop_runner: asyncio.Runner) -> None:
    async def open_and_close() -> list[int]:
        sandbox = await Sandbox.open(LIMITS, tiers=("box", "box-nested"))
        if not sandbox.available:
            pytest.skip(sandbox.status.detail)
        before = servers()
        await asyncio.gather(*(sandbox.run(Program("print(1)"), batch=True) for _ in range(4)))
        started = [server for server in servers() if server not in before]
        await sandbox.close()
        assert not set(started) & set(servers())
        return started

    assert loop_runner.run(open_and_close())

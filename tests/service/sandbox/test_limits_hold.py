"""A program that wants too much of anything ends as a labelled result, soon, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.sandbox.limits import Limits
from tests.service.sandbox.conftest import Run

STREAM_BYTES = Limits().stream_bytes


def test_program_that_prints_forever_ends_as_output_limit(run: Run) -> None:
    outcome = run("while True: print('A' * 4096)")
    assert outcome.status == "output_limit"
    assert outcome.truncated
    assert len(outcome.stdout) == STREAM_BYTES
    assert outcome.duration_ms < 2000


def test_program_that_prints_errors_forever_ends_as_output_limit(run: Run) -> None:
    outcome = run("import sys\nwhile True: sys.stderr.write('E' * 4096)")
    assert outcome.status == "output_limit"
    assert len(outcome.stderr) == STREAM_BYTES


def test_output_of_exactly_the_limit_is_whole(run: Run) -> None:
    outcome = run(f"import sys; sys.stdout.write('x' * {STREAM_BYTES})")
    assert (outcome.status, outcome.truncated, len(outcome.stdout)) == ("ok", False, STREAM_BYTES)


def test_output_of_one_byte_more_is_cut(run: Run) -> None:
    outcome = run(f"import sys; sys.stdout.write('x' * {STREAM_BYTES + 1})")
    assert (outcome.status, outcome.truncated, len(outcome.stdout)) == ("output_limit", True, STREAM_BYTES)


def test_program_that_sleeps_forever_ends_as_timeout_with_what_it_printed(run: Run) -> None:
    outcome = run("import time\nprint('before')\ntime.sleep(60)")
    assert (outcome.status, outcome.stdout, outcome.exit_code, outcome.signal) == ("timeout", "before\n", None, None)
    assert 1900 < outcome.duration_ms < 4000
    assert outcome.detail == "Stopped after 2 s."


def test_program_that_ignores_signals_and_closes_its_output_ends_as_timeout(run: Run) -> None:
    code = """
import os, signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
os.close(1); os.close(2)
time.sleep(60)
"""
    assert run(code).status == "timeout"


def test_program_that_spins_ends_as_cpu_limit(run: Run) -> None:
    outcome = run("while True: pass")
    assert outcome.status in {"cpu_limit", "timeout"}  # on a busy machine a second of processor time is longer than two
    assert outcome.exit_code is None


def test_program_that_allocates_forever_ends_as_memory_limit(run: Run) -> None:
    outcome = run("blocks = []\nwhile True: blocks.append(bytearray(1 << 20))")
    assert (outcome.status, outcome.exit_code) == ("memory_limit", 1)


def test_processes_that_allocate_together_end_as_memory_limit(run: Run) -> None:
    code = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = b'x' * (150 << 20)
        time.sleep(60)
time.sleep(60)
"""
    outcome = run(code)
    assert outcome.status == "memory_limit"
    assert outcome.duration_ms < 2000


def test_memory_that_forks_share_is_counted_once(run: Run) -> None:
    code = """
import os, time
block = b'x' * (150 << 20)
children = []
for _ in range(8):
    if (child := os.fork()) == 0:
        time.sleep(0.3)
        os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
print('done')
"""
    outcome = run(code)
    assert (outcome.status, outcome.stdout) == ("ok", "done\n")


def test_program_that_forks_forever_ends_and_leaves_nothing(
    run: Run, processes_with: Callable[[str], list[int]]
) -> None:
    outcome = run("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", name="fork-bomb-81c2.py")
    assert outcome.status in {"timeout", "cpu_limit", "memory_limit"}
    assert processes_with("fork-bomb-81c2") == []


def test_program_that_starts_threads_forever_ends_as_process_limit(run: Run) -> None:
    code = """
import threading
wait = threading.Event().wait
while True: threading.Thread(target=wait, daemon=True).start()
"""
    assert run(code).status == "process_limit"


def test_program_that_fills_the_disk_ends_as_disk_limit(run: Run) -> None:
    code = """
written = 0
try:
    for number in range(100):
        with open(f'/tmp/{number}', 'wb') as file: written += file.write(b'x' * (4 << 20))
finally: print(written >> 20)
"""
    outcome = run(code)
    assert outcome.status == "disk_limit"
    assert int(outcome.stdout) <= 16


def test_program_that_writes_one_large_file_ends_as_disk_limit(run: Run) -> None:
    assert run("open('/tmp/large', 'wb').truncate(1 << 40)").status == "disk_limit"


def test_program_of_another_processor_ends_as_forbidden_syscall(run: Run) -> None:
    outcome = run("import ctypes; ctypes.CDLL(None).syscall(0x40000000 + 39)")
    if outcome.status == "ok":
        pytest.skip("this processor has no second system call interface by number")
    assert (outcome.status, outcome.signal) == ("forbidden_syscall", 31)


def test_program_longer_than_the_limit_is_not_run(run: Run) -> None:
    outcome = run("#" * (Limits().program_bytes + 1))
    assert outcome.status == "not_runnable"
    assert "1048577" in outcome.detail


def test_javascript_that_allocates_forever_ends_as_memory_limit(run: Run) -> None:
    outcome = run("const all = []; for (;;) all.push(new Array(1e5).fill(1))", language="javascript")
    assert outcome.status in {"memory_limit", "cpu_limit"}


def test_javascript_that_spins_ends_as_cpu_limit(run: Run) -> None:
    assert run("for (;;);", language="javascript").status in {"cpu_limit", "timeout"}


def test_javascript_that_starts_workers_forever_is_ended(run: Run) -> None:
    code = """
const { Worker } = require('worker_threads')
for (let i = 0; i < 500; i++) new Worker('setTimeout(() => {}, 9e9)', { eval: true }).on('error', () => {})
"""
    assert run(code, language="javascript").status not in {"ok", "sandbox_error"}


def test_program_with_a_time_of_its_own_is_stopped_then(run: Run) -> None:
    outcome = run("import time\ntime.sleep(60)", wall_seconds=0.2)
    assert (outcome.status, outcome.detail) == ("timeout", "Stopped after 0.2 s.")
    assert outcome.duration_ms < 1500


def test_program_cannot_have_more_time_than_the_sandbox_gives(run: Run) -> None:
    outcome = run("import time\ntime.sleep(60)", wall_seconds=60)
    assert (outcome.status, outcome.detail) == ("timeout", "Stopped after 2 s.")

"""What examples are made of works inside, and their results are told as they are."""

from __future__ import annotations

import pytest

from service.sandbox import Sandbox
from tests.service.sandbox.conftest import Run


def test_program_runs_as_main_with_its_own_name(run: Run) -> None:
    outcome = run("import sys, os\nprint(__name__, os.path.basename(sys.argv[0]), os.getcwd())", name="notes/gather.py")
    assert outcome.stdout == "__main__ gather.py /tmp\n"
    assert (outcome.status, outcome.exit_code, outcome.signal) == ("ok", 0, None)


def test_outcome_names_interpreter_tier_and_clock(run: Run, sandbox: Sandbox) -> None:
    outcome = run("import platform; print('python', platform.python_version())")
    assert outcome.stdout.strip() == outcome.interpreter == sandbox.status.interpreters["python"]
    assert (outcome.tier, outcome.clock, outcome.virtual_seconds) == ("box", "real", None)
    assert outcome.duration_ms > 0


@pytest.mark.parametrize("code", [0, 1, 7, 100])
def test_exit_code_is_told(run: Run, code: int) -> None:
    outcome = run(f"raise SystemExit({code})")
    assert (outcome.status, outcome.exit_code) == ("error" if code else "ok", code)


def test_crash_is_told_by_its_signal(run: Run) -> None:
    outcome = run("import ctypes; ctypes.string_at(0)")
    assert (outcome.status, outcome.exit_code, outcome.signal) == ("error", None, 11)


def test_claim_on_stdout_changes_nothing(run: Run) -> None:
    outcome = run("""print('{"status": "ok", "exit_code": 0}'); raise SystemExit(9)""")
    assert (outcome.status, outcome.exit_code) == ("error", 9)


def test_traceback_names_the_example_and_nothing_of_the_service(run: Run) -> None:
    outcome = run("def divide():\n    return 1 / 0\n\ndivide()\n", name="divide.py")
    frames = [line.strip() for line in outcome.stderr.splitlines() if line.startswith("  File")]
    assert frames == [
        'File "/tmp/divide.py", line 4, in <module>',
        'File "/tmp/divide.py", line 2, in divide',
    ]


def test_syntax_error_is_the_example_s(run: Run) -> None:
    outcome = run("print(")
    assert (outcome.status, outcome.exit_code) == ("error", 1)
    assert "SyntaxError" in outcome.stderr


def test_text_of_any_script_is_printed_whole(run: Run) -> None:
    outcome = run("print('é 漢 \U0001f600'); import sys; print('ß', file=sys.stderr)")
    assert (outcome.stdout, outcome.stderr) == ("é 漢 \U0001f600\n", "ß\n")


def test_bytes_that_are_no_text_are_escaped(run: Run) -> None:
    assert run("import sys; sys.stdout.buffer.write(b'a\\xff\\x00')").stdout == "a\\xff\x00"


@pytest.mark.parametrize("code", ["print('\ud800')", "x = 1\0", "# coding: latin-1\nprint(1)", "\ufeffprint(1)"])
def test_odd_source_is_given_to_the_interpreter_as_it_is(run: Run, code: str) -> None:
    assert run(code).status in {"ok", "error"}


def test_input_is_empty(run: Run) -> None:
    assert run("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"


def test_only_the_standard_library_can_be_imported(run: Run) -> None:
    assert "ModuleNotFoundError" in run("import numpy").stderr
    assert "ModuleNotFoundError" in run("import pip").stderr


def test_exit_and_quit_are_there(run: Run) -> None:
    assert run("quit()").status == "ok"


def test_asyncio_server_answers_on_the_own_loopback(run: Run) -> None:
    code = """
import asyncio
async def answer(reader, writer):
    writer.write(await reader.readline())
    writer.close()
async def main():
    server = await asyncio.start_server(answer, 'localhost', 0)
    reader, writer = await asyncio.open_connection('127.0.0.1', server.sockets[0].getsockname()[1])
    writer.write(b'hi\\n')
    print(await reader.read())
asyncio.run(main())
"""
    assert run(code).stdout == "b'hi\\n'\n"


def test_subprocesses_run(run: Run) -> None:
    code = """
import asyncio, subprocess, sys
print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout)
print(subprocess.run('echo a; sleep 0.01; echo b | cat', shell=True, capture_output=True, text=True).stdout)
async def main():
    process = await asyncio.create_subprocess_exec('echo', 'c', stdout=asyncio.subprocess.PIPE)
    print((await process.communicate())[0])
asyncio.run(main())
"""
    outcome = run(code)
    assert (outcome.stdout, outcome.stderr) == ("1\n\na\nb\n\nb'c\\n'\n", "")


def test_multiprocessing_works_by_every_start_method(run: Run) -> None:
    code = """
import multiprocessing
def put(queue): queue.put('works')
if __name__ == '__main__':
    for method in ('fork', 'spawn', 'forkserver'):
        context = multiprocessing.get_context(method)
        queue = context.SimpleQueue()
        process = context.Process(target=put, args=(queue,))
        process.start()
        print(method, queue.get())
        process.join()
"""
    outcome = run(code)
    assert (outcome.stdout, outcome.stderr) == ("fork works\nspawn works\nforkserver works\n", "")


def test_pools_and_shared_memory_work(run: Run) -> None:
    code = """
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import shared_memory
if __name__ == '__main__':
    with ProcessPoolExecutor(2) as pool: print(list(pool.map(abs, range(-3, 0))))
    with ThreadPoolExecutor(8) as pool: print(sum(pool.map(abs, range(-3, 0))))
    memory = shared_memory.SharedMemory(create=True, size=10)
    memory.close(); memory.unlink()
"""
    outcome = run(code)
    assert (outcome.stdout, outcome.stderr) == ("[3, 2, 1]\n6\n", "")


def test_temporary_files_work(run: Run) -> None:
    code = """
import os, tempfile
with tempfile.NamedTemporaryFile('w+') as file:
    file.write('x'); file.seek(0); print(file.read())
with tempfile.TemporaryDirectory() as folder: os.mkfifo(folder + '/pipe')
"""
    assert run(code).stdout == "x\n"


def test_hash_seed_differs_between_runs(run: Run) -> None:
    assert len({run("print(hash('a'))").stdout for _ in range(3)}) > 1


@pytest.mark.parametrize(
    ("code", "stdout"),
    [
        ("console.log([1, 2, 3].map(x => x * 2).join())", "2,4,6\n"),
        ("const path = require('path'); console.log(path.basename(__filename))", "example.js\n"),
        ("import path from 'path'; console.log(path.basename(import.meta.url))", "example.mjs\n"),
        ("console.log(await Promise.resolve(1))", "1\n"),
        ("setTimeout(() => console.log('b'), 1); console.log('a')", "a\nb\n"),
        ("console.log(String(require('child_process').execSync('echo child')))", "child\n\n"),
    ],
)
def test_javascript_runs(run: Run, code: str, stdout: str) -> None:
    outcome = run(code, language="javascript")
    assert (outcome.status, outcome.stdout, outcome.stderr) == ("ok", stdout, "")


def test_javascript_server_answers_on_the_own_loopback(run: Run) -> None:
    code = """
const server = require('http').createServer((request, response) => response.end('hi')).listen(0, '127.0.0.1', () =>
  fetch('http://127.0.0.1:' + server.address().port).then(r => r.text()).then(t => { console.log(t); process.exit(3) }))
"""
    outcome = run(code, language="javascript")
    assert (outcome.status, outcome.exit_code, outcome.stdout) == ("error", 3, "hi\n")


def test_unknown_language_is_not_runnable(run: Run) -> None:
    outcome = run("puts 1", language="ruby")
    assert outcome.status == "not_runnable"
    assert "ruby" in outcome.detail

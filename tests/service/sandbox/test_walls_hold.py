"""What a program must not reach is not there: the host's files, network, processes, environment and kernel."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import service.sandbox.sandbox
from service.sandbox.identity import unprivileged_identity
from tests.service.sandbox.conftest import Run

TRY = """
import os, socket
def attempt(name, action):
    try: result = action()
    except (OSError, AttributeError) as error: print('blocked', name, type(error).__name__)
    else: print('REACHED', name, str(result)[:80])
"""


@pytest.fixture
def blocked(run: Run) -> Iterator[list[str]]:
    """Collect attempts (`name`, expression); at the end of the test all of them must have been blocked."""
    attempts: list[str] = []
    yield attempts
    outcome = run(TRY + "\n".join(f"attempt({attempt!r}, lambda: {attempt})" for attempt in attempts))
    assert (outcome.status, outcome.stderr) == ("ok", "")
    lines = outcome.stdout.splitlines()
    assert [line for line in lines if not line.startswith("blocked")] == []
    assert len(lines) == len(attempts)


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user that sandboxes are started as."""
    process = subprocess.Popen([*unprivileged_identity().prefix, "/usr/bin/sleep", "600"])
    yield process
    process.kill()
    process.wait()


def test_program_cannot_read_shadow(blocked: list[str]) -> None:
    blocked += ["open('/etc/shadow').read()", "open('/tmp/../../../etc/shadow').read()"]


def test_program_cannot_read_the_files_of_the_service(blocked: list[str]) -> None:
    blocked.append(f"open({service.sandbox.sandbox.__file__!r}).read()")
    blocked.append(f"os.listdir({str(Path.cwd())!r})")
    blocked.append("os.listdir('/root')")
    blocked.append("os.listdir('/home')")


def test_program_cannot_read_a_file_that_everybody_may_read(blocked: list[str], public_folder: Path) -> None:
    canary = public_folder / "canary"
    canary.write_text("canary")
    canary.chmod(0o644)
    blocked.append(f"open({str(canary)!r}).read()")
    blocked.append(f"os.stat({str(canary)!r})")
    blocked.append(f"(os.symlink({str(canary)!r}, '/tmp/link'), open('/tmp/link').read())")
    blocked.append(f"os.link({str(canary)!r}, '/tmp/hard')")
    blocked.append("open('/etc/os-release').read()")


def test_program_cannot_write_outside_its_folder(blocked: list[str]) -> None:
    folders = ("/", "/etc", "/usr", "/usr/lib", "/usr/bin", "/dev", "/inside", "/home", "/var")
    blocked += [f"open('{folder}/x', 'w')" for folder in folders]
    blocked += ["open(os.__file__, 'a')", "open('/inside/start.py', 'a')", "os.chmod('/inside/start.py', 0o777)"]


def test_program_that_writes_to_its_folder_leaves_nothing_for_the_next(run: Run) -> None:
    code = "import os; print(os.path.exists('/tmp/mark')); open('/tmp/mark', 'w').close()"
    assert [run(code).stdout, run(code).stdout] == ["False\n", "False\n"]


def test_program_cannot_reach_a_service_of_the_host(blocked: list[str]) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    blocked.append(f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=1)")
    blocked.append("socket.create_connection(('1.1.1.1', 53), timeout=1)")
    blocked.append("socket.create_connection(('169.254.169.254', 80), timeout=1)")
    blocked.append("socket.getaddrinfo('example.com', 80)")
    with server, pytest.raises(BlockingIOError):
        server.accept()


def test_program_cannot_send_a_packet_to_the_host(run: Run) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        run(f"import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', {receiver.getsockname()!r})")
        with pytest.raises(BlockingIOError):
            receiver.recv(1)


def test_program_cannot_reach_a_unix_socket_of_the_host(blocked: list[str], public_folder: Path) -> None:
    path = str(public_folder / "socket")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    Path(path).chmod(0o777)
    hidden = socket.socket(socket.AF_UNIX)
    hidden.bind("\0askmd-test-abstract")
    blocked.append(f"socket.socket(socket.AF_UNIX).connect({path!r})")
    blocked.append("socket.socket(socket.AF_UNIX).connect(chr(0) + 'askmd-test-abstract')")
    for listener in (server, hidden):
        listener.close()


def test_program_cannot_open_odd_sockets(blocked: list[str]) -> None:
    odd = [(2, 3, 1), (17, 3, 3), (40, 1, 0), (38, 5, 0), (31, 3, 1), (44, 3, 0), (2, 1, 132), (16, 3, 15)]
    blocked += [f"socket.socket(*{arguments})" for arguments in odd]


def test_program_cannot_kill_the_service_or_its_neighbours(run: Run, victim: subprocess.Popen[bytes]) -> None:
    code = f"""
import os
for number in ({victim.pid}, {os.getpid()}):
    try: os.kill(number, 9)
    except ProcessLookupError: print('not there')
try: os.kill(-1, 9)
except OSError: pass
print('alone')
"""
    outcome = run(code)
    assert outcome.stdout == "not there\nnot there\nalone\n"
    assert victim.poll() is None


def test_program_cannot_see_processes(blocked: list[str], victim: subprocess.Popen[bytes]) -> None:
    blocked += ["os.listdir('/proc')", f"open('/proc/{victim.pid}/environ').read()", "open('/proc/1/environ').read()"]
    blocked += [f"os.pidfd_open({victim.pid})", f"os.sched_setaffinity({victim.pid}, [0])"]
    blocked += [f"__import__('resource').prlimit({victim.pid}, 7)"]


def test_program_cannot_signal_through_a_file_descriptor(blocked: list[str], victim: subprocess.Popen[bytes]) -> None:
    blocked.append(f"__import__('fcntl').fcntl(0, 8, {victim.pid})")
    blocked.append("__import__('fcntl').fcntl(0, 10, 9)")


def test_program_cannot_see_the_environment_of_the_service(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hunter2")
    outcome = run("import os; print(sorted(os.environ))")
    assert outcome.stdout == "['HOME', 'LANG', 'MALLOC_ARENA_MAX', 'PATH', 'PWD', 'TMPDIR']\n"


def test_program_holds_no_descriptor_of_the_service(run: Run, public_folder: Path) -> None:
    leaked = os.open(public_folder, os.O_RDONLY)
    os.set_inheritable(leaked, True)
    outcome = run(
        "import os\nfor n in range(3, 4096):\n    try: os.fstat(n)\n    except OSError: pass\n    else: print(n)"
    )
    os.close(leaked)
    assert (outcome.status, outcome.stdout) == ("ok", "")


def test_program_cannot_make_a_new_user_namespace(run: Run) -> None:
    code = """
import ctypes
libc = ctypes.CDLL(None)
print([libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x40000000)])
"""
    assert run(code).stdout == "[-1, -1, -1]\n"


def test_program_cannot_become_another_user(blocked: list[str]) -> None:
    blocked += ["os.setuid(0)", "os.setgid(0)", "os.setgroups([0])", "os.chown('/tmp', 0, 0)"]


def test_program_cannot_make_or_open_devices(blocked: list[str]) -> None:
    blocked += [f"os.open('/dev/{name}', os.O_RDWR)" for name in ("mem", "kmsg", "kvm", "fuse", "tty", "ptmx", "vda")]
    blocked.append("os.mknod('/tmp/node', 0o20666, os.makedev(1, 1))")


def test_program_cannot_hold_memory_that_no_limit_counts(blocked: list[str]) -> None:
    blocked.append("os.memfd_create('x')")


def test_program_is_not_root_for_the_kernel_either(run: Run) -> None:
    outcome = run("import os; print(os.getresuid(), os.getgroups())")
    assert outcome.stdout.startswith("(65534, 65534, 65534)")
    assert unprivileged_identity().uid != 0


def test_javascript_reaches_nothing_either(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
const attempt = (name, action) => {{
  try {{ action(); console.log('REACHED', name) }} catch (error) {{ console.log('blocked', name) }}
}}
const fs = require('fs')
attempt('shadow', () => fs.readFileSync('/etc/shadow'))
attempt('proc', () => fs.readdirSync('/proc'))
attempt('write', () => fs.writeFileSync('/usr/x', '1'))
attempt('kill', () => process.kill({os.getpid()}, 0))
attempt('user', () => process.setuid(0))
const client = require('net').connect({server.getsockname()[1]}, '127.0.0.1')
client.on('connect', () => console.log('REACHED net')).on('error', () => console.log('blocked net'))
"""
        outcome = run(code, language="javascript")
    assert outcome.status == "ok"
    assert [line.split()[0] for line in outcome.stdout.splitlines()] == ["blocked"] * 6

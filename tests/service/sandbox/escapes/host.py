"""What there is to be reached on the host while attempts run, and the signs that something was reached."""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from service.sandbox.identity import Identity

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  (the host's own is what is to be out of reach)
IPC_CREATE, IPC_REMOVE = 0o1000, 0
FIRST_PROCESSES = 400
"""Numbers that processes inside may have too; the victim's is higher."""


class Host:
    """A victim of the sandbox's own user, listeners, files, shared memory, a descriptor and a secret to be found."""

    def __init__(self, identity: Identity) -> None:
        self._stack = ExitStack()
        self._identity = identity
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="askmd-escapes-")))
        self._folder.chmod(0o755)
        self._mark = secrets.token_hex(4)
        self.canary = self._file("canary", 0o644)
        self.own = self._file("own", 0o600)
        if os.geteuid() == 0:
            os.chown(self.own, identity.uid, identity.uid)
        self._own_before = self.own.stat()
        self._listeners = {
            "tcp": self._listening(socket.AF_INET, ("127.0.0.1", 0)),
            "abstract socket": self._listening(socket.AF_UNIX, f"\0askmd-{self._mark}"),
            "socket": self._listening(socket.AF_UNIX, str(self._folder / "socket")),
        }
        (self._folder / "socket").chmod(0o777)
        self._packets = self._stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self._packets.bind(("127.0.0.1", 0))
        self._packets.setblocking(False)
        self._shared = SHARED_MEMORY / f"askmd-{self._mark}"
        self._shared.write_text("shared")
        self._shared.chmod(0o666)
        self._stack.callback(self._shared.unlink)
        self._segment_key = int(self._mark, 16) & 0x7FFFFFFF
        self._make_segment()
        self._leak_descriptor()
        os.environ["ESCAPES_SECRET"] = "hunter2"  # noqa: S105  (the bait)
        self._use_up_numbers()
        self._victim = self._new_victim()

    def close(self) -> None:
        """Remove everything."""
        self._victim.kill()
        self._victim.wait()
        self._stack.close()

    def fill(self, code: str, name: str) -> str:
        """Tell a program what there is to be reached."""
        known = {
            "@CANARY@": self.canary,
            "@OWN@": self.own,
            "@TCP@": self._listeners["tcp"].getsockname()[1],
            "@UDP@": self._packets.getsockname()[1],
            "@ABSTRACT@": f"askmd-{self._mark}",
            "@SOCKET@": self._folder / "socket",
            "@PID@": self._victim.pid,
            "@SHM@": self._segment_key,
            "@SHMFILE@": self._shared.name,
            "@ORPHAN@": self.orphan_mark(name),
        }
        for token, value in known.items():
            code = code.replace(token, str(value))
        return code

    def orphan_mark(self, name: str) -> str:
        """Return the word in the arguments of what a program leaves running."""
        return f"orphan-{name}-{self._mark}"

    def harm(self, name: str) -> list[str]:
        """Return what has been reached since the last call."""
        found = [f"survivor {process}" for process in processes_with(self.orphan_mark(name))]
        if self._victim.poll() is not None:
            found.append("the victim has died")
            self._victim = self._new_victim()
        if self.own.stat() != self._own_before:
            found.append("a file of its user was changed")
            self._own_before = self.own.stat()
        for kind, listener in self._listeners.items():
            with suppress(BlockingIOError):
                listener.accept()[0].close()
                found.append(f"{kind} was connected to")
        with suppress(BlockingIOError):
            found.append(f"packet arrived: {self._packets.recv(100)!r}")
        return found

    def _file(self, name: str, mode: int) -> Path:
        path = self._folder / name
        path.write_text(secrets.token_hex(8))
        path.chmod(mode)
        return path

    def _listening(self, family: socket.AddressFamily, address: tuple[str, int] | str) -> socket.socket:
        listener = self._stack.enter_context(socket.socket(family))
        listener.bind(address)
        listener.listen()
        listener.setblocking(False)
        return listener

    def _make_segment(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        segment = libc.shmget(self._segment_key, 64, IPC_CREATE | 0o666)
        if segment < 0:
            raise OSError(ctypes.get_errno(), "no shared memory can be made on the host")
        self._stack.callback(libc.shmctl, segment, IPC_REMOVE, None)

    def _leak_descriptor(self) -> None:
        leaked = os.open(self.canary, os.O_RDONLY)
        os.set_inheritable(leaked, True)
        self._stack.callback(os.close, leaked)

    def _use_up_numbers(self) -> None:
        while (child := os.fork()) < FIRST_PROCESSES:
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        os.waitpid(child, 0) if child else os._exit(0)

    def _new_victim(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*self._identity.prefix, "/usr/bin/sleep", "900"])


def processes_with(word: str) -> Iterator[int]:
    """Yield the live processes whose arguments hold `word`."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes():
                yield int(entry.name)

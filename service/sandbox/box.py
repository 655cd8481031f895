"""Tier `box`: an unprivileged user's bwrap with the system call filter, one new box for each run.

A run's files (the program, the first program, a small /etc, the filter) reach bwrap through descriptors, so that no
path of the service is bound into a box or seen in the process list.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import resources

from service.sandbox.arguments import START_PATH, WORK_FOLDER, InlineFile, Scene, box_arguments
from service.sandbox.bubblewrap import Bubblewrap
from service.sandbox.errors import LaunchFailed
from service.sandbox.identity import Identity
from service.sandbox.interpreter import Interpreter
from service.sandbox.languages import Language
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending
from service.sandbox.process import ConfinedProcess

ETC_FILES = {
    "/etc/passwd": "sandbox:x:65534:65534::/tmp:/usr/bin/sh\n",
    "/etc/group": "sandbox:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True, slots=True)
class Box:
    """All that is the same for each run of one interpreter; `python` also runs the first program inside."""

    identity: Identity
    bubblewrap: Bubblewrap
    filter_program: bytes
    python: Interpreter
    language: Language
    interpreter: Interpreter

    async def run(self, code: str, name: str, limits: Limits, on_start: Callable[[ConfinedProcess], None]) -> Ending:
        """Run `code` under the file name `name` and return how it ended. Raises `LaunchFailed`.

        `limits` are the common ones; the language's needs are added here. `on_start` gets what can stop the run.
        """
        limits = self.language.limits(limits)
        with ExitStack() as passed:
            try:
                process = self._start(code, name, limits, passed)
            except OSError as error:
                raise LaunchFailed(f"the sandbox's process did not start: {error}") from error
        on_start(process)
        return await process.supervise(limits)

    def _start(self, code: str, name: str, limits: Limits, passed: ExitStack) -> ConfinedProcess:
        """Start bwrap; `passed` closes our copies of what it inherits."""
        path = f"{WORK_FOLDER}/{name}"
        contents = {**ETC_FILES, START_PATH: _first_program(), path: code}
        files = [
            InlineFile(_memory_file(text.encode("utf-8", "surrogatepass"), passed), at) for at, text in contents.items()
        ]
        filter_descriptor = _memory_file(self.filter_program, passed)
        with ExitStack() as kept:
            control, inner_control = socket.socketpair()
            kept.enter_context(control)
            passed.enter_context(inner_control)
            status, inner_status = os.pipe()
            kept.callback(os.close, status)
            passed.callback(os.close, inner_status)
            arguments = box_arguments(
                self.bubblewrap.path,
                self._scene(files),
                limits,
                filter_descriptor=filter_descriptor,
                status_descriptor=inner_status,
                command=self._command(path, inner_control.fileno(), limits),
            )
            descriptors = [
                *(file.descriptor for file in files),
                filter_descriptor,
                inner_status,
                inner_control.fileno(),
            ]
            process = ConfinedProcess([*self.identity.prefix, *arguments], descriptors, control, status)
            kept.pop_all()
        return process

    def _scene(self, files: list[InlineFile]) -> Scene:
        parts = (self.python,) if self.interpreter is self.python else (self.python, self.interpreter)
        return Scene(
            mounts=[mount for part in parts for mount in part.mounts],
            hidden=[path for part in parts for path in part.hidden],
            files=files,
            library_path=self.python.library_path,
            python=self.python.executable,
        )

    def _command(self, path: str, control: int, limits: Limits) -> list[str]:
        first = [self.python.executable, "-I", "-S", "-B", START_PATH]
        inside = json.dumps(resource_limits(limits))
        return [*first, str(control), inside, *self.language.command(self.interpreter.executable, path, limits)]


def resource_limits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Return name → (soft, hard) as the kernel knows them; set inside, where processes count per box."""
    values = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NOFILE": limits.open_files,
        # not RLIMIT_AS: address space that is only reserved, by each thread and by Node, would count
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_STACK": limits.stack_bytes,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 128,
    }
    # The soft limit's signal tells a used-up processor from other kills; the hard one can't be ignored.
    return {"RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 1)} | {
        name: (value, value) for name, value in values.items()
    }


def with_interpreter(box: Box, language: Language, interpreter: Interpreter) -> Box:
    """Return the same box for another language."""
    return dataclasses.replace(box, language=language, interpreter=interpreter)


def _first_program() -> str:
    return resources.files("service.sandbox").joinpath("inside", "start.py").read_text(encoding="utf-8")


def _memory_file(content: bytes, passed: ExitStack) -> int:
    """Return a descriptor that yields `content` once."""
    descriptor = os.memfd_create("sandbox")
    passed.callback(os.close, descriptor)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor

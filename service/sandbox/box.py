"""Tiers `box` and `box-nested`: an unprivileged user's bwrap with the system call filter, one new box for each run.

What a box needs (the first programs, a small /etc, the filter) reaches bwrap through descriptors, so that no path of
the service is bound into a box or seen in the process list; the program comes over the control socket.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass

from service.sandbox.arguments import (
    INSIDE_FOLDER,
    PACKAGE,
    WORK_FOLDER,
    InlineFile,
    Scene,
    box_arguments,
    environment,
)
from service.sandbox.broker import Broker
from service.sandbox.bubblewrap import Bubblewrap
from service.sandbox.confinement import CLOCK_MODULES, inside_source, job, resource_limits
from service.sandbox.groups import Groups, RunGroup
from service.sandbox.identity import Identity
from service.sandbox.inside.worker import PLACEHOLDER, START_FILE
from service.sandbox.interpreter import Interpreter
from service.sandbox.languages import CLOCK_SCRIPT, Language
from service.sandbox.limits import Limits
from service.sandbox.outcome import Program
from service.sandbox.process import ConfinedProcess, Pipes

ETC_FILES = {
    "/etc/passwd": "sandbox:x:65534:65534::/tmp:/usr/bin/sh\n",
    "/etc/group": "sandbox:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
CONTROL = 3
"""Number of the control socket inside, after the standard streams; what bwrap reads comes after it."""

# A `.pth` file is read by every Python that starts inside; only the one that waits for a program goes on from here.
START_LINE = (
    f"import sys; {PLACEHOLDER!r} in sys.argv[:1] and (sys.path.append({INSIDE_FOLDER!r}), "
    "__import__('importlib').import_module('{module}').{function}())\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a Python that waits does while it starts, and the modules that it needs for that (`inside/`)."""

    module: str
    function: str
    modules: tuple[str, ...]


ONE_PROGRAM = Entry("worker", "wait", ("ending", "job", *CLOCK_MODULES, "start", "worker"))
MANY_PROGRAMS = Entry("parent", "serve", ("ending", "job", "kernel", *CLOCK_MODULES, "parent", "worker"))


@dataclass(frozen=True, slots=True)
class Walls:
    """All that is the same for each box of this service."""

    broker: Broker
    identity: Identity
    bubblewrap: Bubblewrap
    filter_program: bytes
    groups: Groups | None
    tier: str


@dataclass(frozen=True, slots=True)
class Box:
    """Starts boxes for one interpreter; `python` also runs the first program inside."""

    walls: Walls
    python: Interpreter
    language: Language
    interpreter: Interpreter

    @property
    def tier(self) -> str:
        """The tier's name."""
        return self.walls.tier

    def facts(self, limits: Limits) -> dict[str, object]:
        """Return what the canary is to find inside."""
        variables = environment(self.python.library_path)
        return {"environment": variables, "has_own_system": True, "limits": resource_limits(limits)}

    def start(self, limits: Limits) -> ConfinedProcess:
        """Start a box that waits for a job. Raises `LaunchFailed` or OSError."""
        return self._start(limits, ONE_PROGRAM)[0]

    def start_parent(self, limits: Limits) -> tuple[ConfinedProcess, RunGroup | None]:
        """Start a box in which each job gets a process of its own (`fork_server.py`), and return its groups too.

        Raises `LaunchFailed` or OSError.
        """
        return self._start(limits, MANY_PROGRAMS)

    def _start(self, limits: Limits, entry: Entry) -> tuple[ConfinedProcess, RunGroup | None]:
        walls, is_parent = self.walls, entry is MANY_PROGRAMS
        pipes, group = Pipes(socket.SOCK_SEQPACKET if is_parent else socket.SOCK_STREAM), None
        with ExitStack() as undone, ExitStack() as passed:
            undone.callback(pipes.close)
            if walls.groups is not None:
                group = walls.groups.make(limits, parents=int(is_parent))
                undone.callback(group.close)
            contents = [*self._contents(entry).items()]
            start = InlineFile(CONTROL + 1, f"{self.python.packages}/{START_FILE}")
            files = [InlineFile(number, path) for number, (path, _) in enumerate(contents, start=CONTROL + 2)]
            texts = [_start_line(entry), *(text for _, text in contents)]
            given = [memory_file(text.encode(), passed) for text in texts]
            if not is_parent:
                given.append(memory_file(walls.filter_program, passed))
            command = box_arguments(
                walls.bubblewrap.path,
                self._scene(files, start),
                limits,
                filter_descriptor=None if is_parent else CONTROL + len(given),
                command=self._command(limits),
                nested=walls.tier != "box",
            )
            joined = group.joined if group else []
            child = walls.broker.launch([*walls.identity.prefix, *command], [*pipes.inner, *given], joined)
            undone.pop_all()
        pipes.close_inner()
        return ConfinedProcess(child, pipes, limits, group), group

    def job(self, program: Program, name: str, limits: Limits) -> bytes:
        """Return the job of running `program` under the file name `name`."""
        path = f"{WORK_FOLDER}/{name}"
        command = self.language.command(self.interpreter.executable, path, limits, program.clock)
        return job(path, program, limits, command=command)

    def _contents(self, entry: Entry) -> dict[str, str]:
        folder = f"{INSIDE_FOLDER}/{PACKAGE.replace('.', '/')}"
        files = {f"{folder}/{name}.py": inside_source(f"{name}.py") for name in entry.modules}
        if CLOCK_SCRIPT in self.language.clock_options:
            files[CLOCK_SCRIPT] = inside_source("clock.js")
        return {**ETC_FILES, **files}

    def _scene(self, files: list[InlineFile], start: InlineFile) -> Scene:
        parts = (self.python,) if self.interpreter is self.python else (self.python, self.interpreter)
        folder = start.path.rpartition("/")[0]
        return Scene(
            mounts=[mount for part in parts for mount in part.mounts],
            hidden=[path for part in parts for path in part.hidden if path != folder],
            files=files,
            library_path=self.python.library_path,
            python=self.python.executable,
            start=start,
        )

    def _command(self, limits: Limits) -> list[str]:
        inside = [str(CONTROL), json.dumps(resource_limits(limits))]
        if self.language.waits:
            return [*self.language.command(self.python.executable, PLACEHOLDER, limits), *inside]
        first = f"import sys; sys.path.append({INSIDE_FOLDER!r}); from {PACKAGE} import start; start.main()"
        return [self.python.executable, "-I", "-S", "-B", "-c", first, *inside]


def with_interpreter(box: Box, language: Language, interpreter: Interpreter) -> Box:
    """Return the same box for another language."""
    return dataclasses.replace(box, language=language, interpreter=interpreter)


def _start_line(entry: Entry) -> str:
    return START_LINE.format(module=f"{PACKAGE}.{entry.module}", function=entry.function)


def memory_file(content: bytes, passed: ExitStack) -> int:
    """Return a descriptor that yields `content` once; `passed` closes it."""
    descriptor = os.memfd_create("sandbox")
    passed.callback(os.close, descriptor)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor

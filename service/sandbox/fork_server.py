"""Runs many programs one after the other from one waiting Python, each in a process and namespaces of its own.

For batches: a run costs a fork, not the start of an interpreter. It is the box's tier, and a run may do the same;
different is that its walls within the box are raised by `inside/parent.py`, and that runs share the layout of the
interpreter's memory and the seed of its hashes. The control groups are those of the one run at a time.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import select
import socket
import time
from contextlib import suppress

from service.sandbox.arguments import SHARED_MEMORY_FOLDER, WORK_FOLDER
from service.sandbox.box import Box
from service.sandbox.confinement import resource_limits
from service.sandbox.errors import LaunchFailed
from service.sandbox.groups import PARENT_PROCESSES, RunGroup
from service.sandbox.inside.parent import MESSAGE_BYTES, RUN, STOP
from service.sandbox.interpreter import Interpreter
from service.sandbox.languages import Language
from service.sandbox.limits import Limits
from service.sandbox.outcome import Counters, Program
from service.sandbox.process import ConfinedProcess, Pipes
from service.sandbox.waiting import wait_without_loop

LOST = -9
"""How a run ends whose server is gone: as by SIGKILL."""


class ForkServer:
    """One waiting Python; takes one program at a time. Belongs to one event loop."""

    def __init__(self, box: Box, process: ConfinedProcess, group: RunGroup | None) -> None:
        """Take a process that serves; `open` starts one."""
        self._box = box
        self._process = process
        self._group = group
        self._run: ForkedRun | None = None
        self._lost = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.control, self.take_message)

    @classmethod
    async def open(cls, box: Box, limits: Limits) -> ForkServer:
        """Start a server within the language's own limits. Raises `LaunchFailed` or OSError."""
        process, group = box.start_parent(limits)
        await process.prepare()
        settings = {
            "limits": resource_limits(_inner(limits)),
            "folders": {WORK_FOLDER: limits.temporary_bytes, SHARED_MEMORY_FOLDER: limits.shared_memory_bytes},
            "filter": box.walls.filter_program.hex(),
        }
        try:
            process.control.send(json.dumps(settings).encode())
        except OSError:
            await process.bury()
            raise
        return cls(box, process, group)

    @property
    def tier(self) -> str:
        """The box's."""
        return self._box.tier

    @property
    def language(self) -> Language:
        """The language of its programs."""
        return self._box.language

    @property
    def interpreter(self) -> Interpreter:
        """What runs them."""
        return self._box.interpreter

    @property
    def is_free(self) -> bool:
        """Whether it can take a program."""
        return self._run is None and not self._lost

    def facts(self, limits: Limits) -> dict[str, object]:
        """Return what the canary is to find inside."""
        return self._box.facts(_inner(limits))

    def start(self, limits: Limits) -> ConfinedProcess:
        """Start a process that waits for a job, within the limits of the server. Raises `LaunchFailed` or OSError."""
        if not self.is_free:
            raise LaunchFailed("the fork server is gone, or runs another program")
        pipes = Pipes()
        try:
            socket.send_fds(self._process.control, [RUN], pipes.inner)
        except OSError:
            pipes.close()
            raise
        pipes.close_inner()
        self._run = ForkedRun(self)
        turn = Turn(self._group) if self._group is not None else None
        return ConfinedProcess(self._run, pipes, limits, turn, has_init=False, is_offered=True)

    def job(self, program: Program, name: str, limits: Limits) -> bytes:
        """Return the job of running `program` under the file name `name`."""
        return self._box.job(program, name, limits)

    def stop(self) -> None:
        """Kill the run that is under way, with all that it started."""
        with suppress(OSError):
            self._process.control.send(STOP)

    def take_message(self, timeout_seconds: float = 0.0) -> None:
        """Take the end of a run."""
        control = self._process.control
        if timeout_seconds:
            wait_without_loop(control.fileno(), select.POLLIN, timeout_seconds)
        try:
            message = control.recv(MESSAGE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        self._end(int(message) if message else LOST)
        if not message:
            self._lose()

    async def close(self) -> None:
        """End the server and what it runs."""
        self._lose()
        await self._process.bury()
        self._end(LOST)

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._loop.remove_reader(self._process.control)

    def _end(self, status: int) -> None:
        run, self._run = self._run, None
        if run is not None and not run.ended.done():
            run.ended.set_result(status)


class ForkedRun:
    """A run of a server, as `ConfinedProcess` sees it."""

    def __init__(self, server: ForkServer) -> None:
        """Belong to `server`, which is told to start it."""
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._server = server

    def kill(self) -> None:
        """Kill it with all that it started."""
        self._server.stop()

    def wait_without_loop(self, timeout_seconds: float) -> None:
        """Block until it has ended."""
        deadline = time.monotonic() + timeout_seconds
        while not self.ended.done() and (left := deadline - time.monotonic()) > 0:
            self._server.take_message(left)


class Turn:
    """The server's groups, for the time of one run."""

    def __init__(self, group: RunGroup) -> None:
        """Remember what has been counted before."""
        self._group = group
        self._before = group.counters()

    def kill(self) -> None:
        """Leave it to the server, which is in the same groups."""

    async def until_killed(self) -> None:
        """Return when the kernel has killed a process of this run for its memory."""
        await self._group.until_killed(self._before.memory_kills)

    def close(self) -> Counters:
        """Return what the kernel has counted for this run."""
        return self._group.counters().since(self._before)


def _inner(limits: Limits) -> Limits:
    """Return the limits of a run, whose processes the kernel counts together with those of the server."""
    return dataclasses.replace(limits, processes=limits.processes + PARENT_PROCESSES)

"""Supervises one confined process from start to burial: drains its output, ends it in time, leaves nothing behind.

It waits for its job when it is started, so that it can be started before there is one. A run ends with the exit of its
processes, never with the end of their output: a program may close its output and run on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import time
from typing import Any, Protocol

from service.sandbox.errors import LaunchFailed
from service.sandbox.limits import Limits
from service.sandbox.memory import offer_to_kernel, parent_of, until_over
from service.sandbox.outcome import Counters, Ending, StopReason, decode
from service.sandbox.stream import CappedStream

START_SECONDS = 20.0  # normally 60 ms; a busy machine must not turn it into a failure
BURIAL_SECONDS = 10.0
READY = b"R"
LENGTH_BYTES = 4
CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group

logger = logging.getLogger(__name__)


class Child(Protocol):
    """Something that runs and can be killed; `ended` is its exit status, or 128 + signal, once nothing is left."""

    ended: asyncio.Future[int]

    def kill(self) -> None:
        """Kill it with all that it started."""

    def wait_without_loop(self, timeout_seconds: float) -> None:
        """Block until it has ended."""


class Group(Protocol):
    """The control groups of a run."""

    def kill(self) -> None:
        """Kill all processes at once, where the kernel can."""

    async def until_killed(self) -> None:
        """Return when the kernel has killed a process for its memory."""

    def close(self) -> Counters:
        """Return what the kernel counted, and give the groups back; the processes have ended."""


class Pipes:
    """The three ways between the service and a run: its output, its errors, and the control socket."""

    def __init__(self, kind: socket.SocketKind = socket.SOCK_STREAM) -> None:
        """Make them; `inner` are the ends that the run gets, in this order: stdout, stderr, control (of this kind)."""
        self.stdout, inner_stdout = os.pipe()
        self.stderr, inner_stderr = os.pipe()
        self.control, self._inner_control = socket.socketpair(socket.AF_UNIX, kind)
        self.control.setblocking(False)
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.inner = [inner_stdout, inner_stderr, self._inner_control.fileno()]

    def close_inner(self) -> None:
        """Close our copies of what the run has got."""
        self._inner_control.close()
        for descriptor in self.inner[:2]:
            os.close(descriptor)
        self.inner = []

    def close(self) -> None:
        """Close everything."""
        if self.inner:
            self.close_inner()
        self.control.close()
        os.close(self.stdout)
        os.close(self.stderr)


class ConfinedProcess:
    """One sandbox with all that runs in it, used for one program."""

    def __init__(
        self,
        child: Child,
        pipes: Pipes,
        limits: Limits,
        group: Group | None = None,
        *,
        has_init: bool = True,
        is_offered: bool = False,
    ) -> None:
        """Take over a child that has just been started.

        `has_init`: what announces itself is the child of its namespace's first process, else it is alone.
        `is_offered`: it has from its parent that the kernel may end it first.
        """
        self.child = child
        self._pipes = pipes
        self._limits = limits
        self._group = group
        self._has_init = has_init
        self._is_offered = is_offered
        self._stopped: StopReason | None = None
        self._root = 0
        self._counters = Counters()
        self._buried = False
        self._streams = [
            CappedStream(descriptor, limits.stream_bytes, lambda: self.stop("output_limit"))
            for descriptor in (pipes.stdout, pipes.stderr)
        ]

    @property
    def control(self) -> socket.socket:
        """The service's end of the control socket."""
        return self._pipes.control

    async def prepare(self) -> None:
        """Wait until it waits for its job. Raises `LaunchFailed`; when this raises, nothing of it is left."""
        try:
            async with asyncio.timeout(START_SECONDS):
                self._root = await self._announced()
        except (TimeoutError, ConnectionError):
            self._root = 0
        except BaseException:
            await self.bury()
            raise
        if not self._root:
            await self.bury()
            if not self._stopped:
                raise LaunchFailed(decode(bytes(self._streams[1].kept)).strip())
        elif not self._is_offered:
            offer_to_kernel(self._root)

    async def run(self, job: bytes, wall_seconds: float | None = None, report: int | None = None) -> Ending:
        """Hand over the job and return how it ended; `wall_seconds` replaces the time of the limits.

        `report` is the descriptor of a file for what the run tells of itself.
        When this returns or raises, by cancellation too, no process of the run is left.
        """
        start, duration_seconds = time.perf_counter(), 0.0
        try:
            if self._root:
                await self._run(job, wall_seconds or self._limits.wall_seconds, report)
                duration_seconds = time.perf_counter() - start
        finally:
            await self.bury()
        stdout, stderr = (bytes(stream.kept) for stream in self._streams)
        return Ending(
            exit_status=self.child.ended.result() if self.child.ended.done() and not self._stopped else None,
            stopped=self._stopped,
            stdout=stdout,
            stderr=stderr,
            truncated=any(stream.truncated for stream in self._streams),
            duration_seconds=duration_seconds,
            counters=self._counters,
        )

    def stop(self, reason: StopReason) -> None:
        """Kill everything; the first reason given is the one that counts."""
        self._stopped = self._stopped or reason
        self._kill()

    async def bury(self) -> None:
        """Kill what still runs, wait until it is gone, and give everything back."""
        if self._buried:
            return
        self._kill()
        try:
            async with asyncio.timeout(BURIAL_SECONDS):
                await asyncio.shield(self.child.ended)
        except TimeoutError:
            logger.error("A killed sandbox is still there after %s s", BURIAL_SECONDS)
        except asyncio.CancelledError:
            self.child.wait_without_loop(BURIAL_SECONDS)
            raise
        finally:
            self._release()

    def discard(self) -> None:
        """Give back what a process held that has ended by itself before it got a job."""
        self._release()

    async def _announced(self) -> int:
        """Wait for the first program inside to say that it is ready; return the first process of its namespace.

        The kernel tells who has said so; it waits for us, so that its number can't have passed on to another one.
        """
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._pipes.control, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._pipes.control)
        data, ancillary, _, _ = self._pipes.control.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
        if data != READY or not ancillary:
            return 0
        process, _, _ = CREDENTIALS.unpack(ancillary[0][2][: CREDENTIALS.size])
        return parent_of(process) if self._has_init else int(process)

    async def _run(self, job: bytes, wall_seconds: float, report: int | None) -> None:
        """Hand over the job and wait until the run has ended, or is ended."""
        loop = asyncio.get_running_loop()
        limit_bytes = self._limits.total_memory_bytes
        watch = self._group.until_killed() if self._group else until_over(self._root, limit_bytes)
        memory = loop.create_task(watch)
        hand_over = loop.create_task(self._hand_over(job, report))
        waiting: set[asyncio.Future[Any]] = {self.child.ended, memory}
        try:
            await asyncio.wait(waiting, timeout=wall_seconds, return_when=asyncio.FIRST_COMPLETED)
            if memory.done():
                memory.result()
            if not self.child.ended.done():
                self.stop("memory_limit" if memory.done() else "timeout")
        finally:
            hand_over.cancel()
            memory.cancel()

    async def _hand_over(self, job: bytes, report: int | None) -> None:
        start = len(job).to_bytes(LENGTH_BYTES, "big")
        try:
            socket.send_fds(self._pipes.control, [start], [] if report is None else [report])
            await asyncio.get_running_loop().sock_sendall(self._pipes.control, job)
        except ConnectionError:
            pass  # it has ended before it was told what to do; the end says how

    def _kill(self) -> None:
        if not self.child.ended.done():
            if self._group is not None:
                self._group.kill()
            self.child.kill()

    def _release(self) -> None:
        self._buried = True
        for stream in self._streams:
            stream.finish()
        self._pipes.close()
        if self._group is not None:
            self._counters = self._group.close()

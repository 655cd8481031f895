"""Supervises one confined process from start to burial: drains its output, ends it in time, leaves nothing behind.

Everything happens on the event loop's own thread, since bwrap's `--die-with-parent` follows the thread that started
it. A run ends with the exit of its processes, never with the end of their output: a program may close its output and
run on.

If the service itself is killed in the very millisecond in which bwrap makes the namespaces, bwrap's half-made process
can stay behind, idle: it has run nothing, and nothing can tell it to.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

from service.sandbox.errors import LaunchFailed
from service.sandbox.handle import ProcessHandle, wait_without_loop
from service.sandbox.limits import Limits
from service.sandbox.memory import offer_to_kernel, until_over
from service.sandbox.outcome import Ending, StopReason, decode
from service.sandbox.stream import CappedStream

START_SECONDS = 20.0  # normally 20 ms; a busy machine must not turn it into a failure
BURIAL_SECONDS = 10.0
STATUS_BYTES = 4096
READY, GO = b"R", b"G"

logger = logging.getLogger(__name__)


class ConfinedProcess:
    """One bwrap with all that runs in it."""

    def __init__(self, command: Sequence[str], descriptors: Sequence[int], control: socket.socket, status: int) -> None:
        """Start `command`, which inherits `descriptors` and nothing else of the service.

        `control` is our end of the socket to the first program inside, `status` that of the pipe that bwrap reports to.
        """
        self._control = control
        self._status = status
        self._stopped: StopReason | None = None
        self._popen = subprocess.Popen(  # noqa: S603  (an argument list of our own, no shell)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=descriptors,
            env={},
            cwd="/",
            start_new_session=True,
        )
        self._root = 0
        try:
            self._handles = [ProcessHandle(self._popen.pid)]
        except OSError:
            self._popen.kill()
            self._popen.communicate()
            raise
        os.set_blocking(status, False)

    async def supervise(self, limits: Limits) -> Ending:
        """Let the program run within `limits` and return how it ended. Raises `LaunchFailed`.

        When this returns or raises, by cancellation too, no process of the run is left.
        """
        streams = [
            CappedStream(pipe.fileno(), limits.stream_bytes, lambda: self.stop("output_limit"))
            for pipe in (self._popen.stdout, self._popen.stderr)
            if pipe is not None
        ]
        started, duration_seconds = False, 0.0
        try:
            started = await self._is_ready()
            if started:
                duration_seconds = await self._run(limits)
        finally:
            await self._bury(streams)
        stdout, stderr = (bytes(stream.kept) for stream in streams)
        if not started and not self._stopped:
            raise LaunchFailed(decode(stderr).strip())
        exit_status = None if self._stopped else self._popen.returncode
        truncated = any(stream.truncated for stream in streams)
        return Ending(exit_status, self._stopped, stdout, stderr, truncated, duration_seconds)

    def stop(self, reason: StopReason) -> None:
        """Kill everything; the first reason given is the one that counts."""
        self._stopped = self._stopped or reason
        self._kill()

    async def _is_ready(self) -> bool:
        """Wait for the first program inside, which sets its limits and then waits for the word to start."""
        self._control.setblocking(False)
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await asyncio.get_running_loop().sock_recv(self._control, 1)
        except (TimeoutError, ConnectionError):
            return False
        # It waits for us, so the number of its namespace's first process can't have passed on to another one yet.
        self._root = self._reported_root()
        if answer != READY or not self._root:
            return False
        with suppress(ProcessLookupError):  # something else has just killed it; that is an end like others
            self._handles.append(ProcessHandle(self._root))
        offer_to_kernel(self._root)
        return True

    def _reported_root(self) -> int:
        """Return the number of the first process of the namespace, by bwrap's report, or 0 before there is one."""
        try:
            return int(json.loads(os.read(self._status, STATUS_BYTES))["child-pid"])
        except (BlockingIOError, ValueError):
            return 0

    async def _run(self, limits: Limits) -> float:
        """Give the word to start and return the seconds until bwrap ended, or was ended."""
        start = time.perf_counter()
        self._control.send(GO)
        ended = asyncio.create_task(self._handles[0].gone.wait())
        memory = asyncio.create_task(until_over(self._root, limits.total_memory_bytes))
        try:
            await asyncio.wait({ended, memory}, timeout=limits.wall_seconds, return_when=asyncio.FIRST_COMPLETED)
            if memory.done():
                memory.result()
            if not ended.done():
                self.stop("memory_limit" if memory.done() else "timeout")
        finally:
            ended.cancel()
            memory.cancel()
        return time.perf_counter() - start

    async def _bury(self, streams: Sequence[CappedStream]) -> None:
        """Kill what still runs, wait until it is gone, and give everything back."""
        self._kill()
        try:
            async with asyncio.timeout(BURIAL_SECONDS):
                for handle in self._handles:
                    await handle.gone.wait()
                await self._until_control_closed()
            self._reap_orphan()
        except TimeoutError:
            logger.error("A killed sandbox (process %d) is still there after %s s", self._popen.pid, BURIAL_SECONDS)
        except asyncio.CancelledError:
            for handle in self._handles:
                wait_without_loop(handle.descriptor, select.POLLIN, BURIAL_SECONDS)
            wait_without_loop(self._control.fileno(), select.POLLHUP, BURIAL_SECONDS)
            raise
        finally:
            self._release(streams)

    async def _until_control_closed(self) -> None:
        """Wait until nobody holds the other end: before the word to start, that is everybody inside, known or not."""
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while await loop.sock_recv(self._control, 1):
                pass

    def _kill(self) -> None:
        """Kill bwrap and, with its namespace's first process, the whole tree.

        That process leaves bwrap's group while it starts. If it is not known yet, the first program inside ends it,
        when the word to start can't come any more.
        """
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        if self._popen.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        for handle in self._handles:
            handle.kill()

    def _reap_orphan(self) -> None:
        """Take the exit status of the namespace's first process if it has become our child.

        So it has when the service is a container's first process: bwrap ends before it does.
        """
        root = self._root or self._reported_root()
        if root:
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, root, os.WEXITED)

    def _release(self, streams: Sequence[CappedStream]) -> None:
        for stream in streams:
            stream.finish()
        self._popen.poll()
        for handle in self._handles:
            handle.close()
        self._handles = []
        self._control.close()
        os.close(self._status)
        for pipe in (self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                pipe.close()

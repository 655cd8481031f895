"""The service's side of the broker: commands are started and killed by messages, and their ends come back as futures.

Why a process of its own: a fork of the service would copy the page tables of its models (12 ms for 1 GB, where the
broker's takes 1 ms), `--die-with-parent` would follow whichever thread started a sandbox, and a service that is killed
or is a container's first process could not bury what it leaves.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from service.sandbox.errors import LaunchFailed
from service.sandbox.waiting import wait_without_loop

PROGRAM = Path(__file__).with_name("broker_process.py")
MESSAGE_BYTES = 1 << 16
SEND_SECONDS = 5.0
END_SECONDS = 10.0


class BrokeredProcess:
    """A command that the broker runs; `ended` is its exit status, or minus the signal, when nothing of it is left."""

    def __init__(self, broker: Broker, number: int) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._broker = broker
        self._number = number

    def kill(self) -> None:
        """Kill it and all that it started."""
        if not self.ended.done():
            self._broker.tell({"stop": self._number})

    def wait_without_loop(self, timeout_seconds: float) -> None:
        """Block until it has ended, for when the event loop is being torn down."""
        deadline = time.monotonic() + timeout_seconds
        while not self.ended.done() and (left := deadline - time.monotonic()) > 0:
            self._broker.take_messages(left)


class Broker:
    """Starts commands on one event loop; its process is started when first needed, and again should it be lost."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._running: dict[int, BrokeredProcess] = {}
        self._last_number = 0
        self._left: list[str] = []

    def launch(self, command: Sequence[str], descriptors: Sequence[int], groups: Sequence[str] = ()) -> BrokeredProcess:
        """Start `command`, which gets `descriptors` as 1, 2, 3 and so on, in control groups. Raises `LaunchFailed`."""
        self._last_number += 1
        number = self._last_number
        process = BrokeredProcess(self, number)
        self._running[number] = process
        try:
            self.tell({"start": number, "command": [*command], "join": [*groups]}, descriptors)
        except OSError as error:
            del self._running[number]
            raise LaunchFailed(f"the broker can't be told: {error}") from error
        return process

    def remove_in_the_end(self, path: str) -> None:
        """Have the broker remove a folder when the service is gone, killed or not."""
        self._left.append(path)
        if self._socket is not None:
            self.tell({"remove": [path]})

    def tell(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send a message to the broker. Raises OSError."""
        if self._socket is None:
            self._start()
        connection = self._socket
        if connection is None:
            raise OSError("the broker is gone")
        content = json.dumps(message).encode()
        try:
            socket.send_fds(connection, [content], descriptors)
        except BlockingIOError:
            wait_without_loop(connection.fileno(), select.POLLOUT, SEND_SECONDS)
            socket.send_fds(connection, [content], descriptors)

    def take_messages(self, timeout_seconds: float = 0.0) -> None:
        """Take the broker's messages, and wait for the first one."""
        if self._socket is None:
            return
        if timeout_seconds:
            wait_without_loop(self._socket.fileno(), select.POLLIN, timeout_seconds)
        with suppress(BlockingIOError):
            while self._socket is not None:
                data = self._receive()
                if not data:
                    self._lose()
                    return
                self._take(json.loads(data))

    async def close(self) -> None:
        """End the broker and all that it runs, and wait until nothing is left."""
        process = self._process
        self._lose()
        if process is not None:
            await asyncio.to_thread(process.wait, END_SECONDS)

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (an argument list of our own, no shell)
                [sys.executable, "-I", "-S", "-B", str(PROGRAM)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        ours.setblocking(False)
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours, self.take_messages)
        if self._left:
            self.tell({"remove": self._left})

    def _receive(self) -> bytes:
        if self._socket is None:
            return b""
        try:
            return self._socket.recv(MESSAGE_BYTES)
        except ConnectionError:
            return b""

    def _take(self, message: dict[str, Any]) -> None:
        if "ended" in message:
            self._end(message["ended"], message["status"])
        elif "failed" in message:
            self._end(message["failed"], os.EX_OSERR)

    def _end(self, number: int, status: int) -> None:
        process = self._running.pop(number, None)
        if process is not None and not process.ended.done():
            process.ended.set_result(status)

    def _lose(self) -> None:
        """Forget a broker that is gone, with all that it ran: its commands die with it."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        for number in list(self._running):
            self._end(number, -9)
        if self._process is not None:
            self._process.poll()

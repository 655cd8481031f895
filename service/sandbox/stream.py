"""Reads a pipe of a program without ever waiting for it, and keeps no more of it than a limit."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

READ_BYTES = 65536


class CappedStream:
    """A pipe that is drained by the event loop while the program runs; the first `limit_bytes` are kept."""

    def __init__(self, descriptor: int, limit_bytes: int, on_overflow: Callable[[], None]) -> None:
        """Start to read; `on_overflow` is called once, when a byte has to be dropped."""
        self.kept = bytearray()
        self.truncated = False
        self._descriptor = descriptor
        self._limit_bytes = limit_bytes
        self._on_overflow = on_overflow
        self._ended = False
        self._loop = asyncio.get_running_loop()
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._on_readable)

    def finish(self) -> None:
        """Take what dead writers have left in the pipe, and stop reading; the descriptor stays the caller's."""
        with suppress(BlockingIOError):
            while not self._ended:
                self._take()
        self._loop.remove_reader(self._descriptor)

    def _on_readable(self) -> None:
        with suppress(BlockingIOError):
            self._take()
        if self._ended:
            self._loop.remove_reader(self._descriptor)

    def _take(self) -> None:
        data = os.read(self._descriptor, READ_BYTES)
        self._ended = not data
        room = self._limit_bytes - len(self.kept)
        self.kept += data[:room]
        if len(data) > room and not self.truncated:
            self.truncated = True
            self._on_overflow()

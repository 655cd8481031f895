"""A process held by a descriptor, so that a signal or a wait can never hit another one that got its number."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from contextlib import suppress


class ProcessHandle:
    """A running process; `gone` is set by the event loop when it has ended, reaped or not."""

    def __init__(self, number: int) -> None:
        """Hold process `number`. Raises `ProcessLookupError` when there is none."""
        self.descriptor = os.pidfd_open(number)
        self.gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.descriptor, self._on_end)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)

    def close(self) -> None:
        self._loop.remove_reader(self.descriptor)
        os.close(self.descriptor)

    def _on_end(self) -> None:
        self._loop.remove_reader(self.descriptor)
        self.gone.set()


def wait_without_loop(descriptor: int, event: int, timeout_seconds: float) -> None:
    """Block until a descriptor shows `event` (`select.POLL…`), for when the event loop is being torn down."""
    poll = select.poll()
    poll.register(descriptor, event)
    poll.poll(timeout_seconds * 1000)

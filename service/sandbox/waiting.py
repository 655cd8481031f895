"""Wait for a descriptor where there is no event loop to wait for it."""

from __future__ import annotations

import select


def wait_without_loop(descriptor: int, event: int, timeout_seconds: float) -> None:
    """Block until a descriptor shows `event` (`select.POLL…`), for when the event loop is being torn down."""
    poll = select.poll()
    poll.register(descriptor, event)
    poll.poll(timeout_seconds * 1000)

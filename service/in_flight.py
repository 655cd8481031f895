"""Work that several wait for at the same time is done once.

Who goes away stops waiting, no more; the work itself is stopped when nobody waits for it any longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class _Shared(Generic[Result]):
    task: asyncio.Task[Result]
    waiting: int = 0


class InFlight(Generic[Result]):
    """What is being worked out now, by key; belongs to one event loop."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, _Shared[Result]] = {}

    async def once(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Return the result of the work that is under way for this key, or begin it. Raises what the work raises."""
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = _Shared(asyncio.create_task(work()))
            shared.task.add_done_callback(lambda task: self._forget(key, task))
        shared.waiting += 1
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.waiting -= 1
            if not shared.waiting and not shared.task.done():
                self._forget(key, shared.task)
                shared.task.cancel()

    def _forget(self, key: Hashable, task: asyncio.Task[Result]) -> None:
        """Forget a task, and not the one that was begun for the same key since it was stopped."""
        if key in self._shared and self._shared[key].task is task:
            del self._shared[key]

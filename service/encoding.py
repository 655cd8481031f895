"""Encode questions off the event loop, many at once.

A question that comes alone is encoded at once; those that arrive while the model is busy wait and go together as the
next batch. While many vectors are still being searched with, there is no hurry: what comes meanwhile joins the batch.
Vectors of recent questions are kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice

from index.embedder import Embedder, Vectors
from index.question_graphs import ROW_OF_MANY

KEPT_QUESTIONS = 2048
LARGEST_BATCH = 16
AHEAD = 12
"""Vectors in use from which on the next batch waits: to search with them takes about as long as to encode a batch."""
LONG_CHARACTERS = ROW_OF_MANY - 2
"""A question of more is rare, and may have the model prepare itself: the others must not wait for that.

A token has a character at least, in Chinese no more; two mark the ends of a question.
"""


@dataclass(slots=True)
class _Waiting:
    vector: asyncio.Future[Vectors]
    callers: int = 0


class QuestionEncoder:
    """A queue in front of one model on one thread, and one for long questions. Use it from one event loop; call `close`
    at the end.
    """

    def __init__(self, embedder: Embedder, *, kept: int = KEPT_QUESTIONS) -> None:
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._limit = kept
        self._in_use = 0
        self._room = asyncio.Event()
        self._short, self._long = (_Queue(embedder, self._when_due, self._take) for _ in range(2))

    async def encode(self, text: str) -> Vectors:
        """Return the question's vector, shape (dimension,)."""
        async with self.encoded(text) as vector:
            return vector

    @asynccontextmanager
    async def encoded(self, text: str) -> AsyncIterator[Vectors]:
        """Give the question's vector, which counts as in use while the block runs. Wait for no other one in there."""
        if text in self._kept:
            self._kept.move_to_end(text)
            self._in_use += 1
            vector = self._kept[text]
        else:
            vector = await self._next_batch(text)
        try:
            yield vector
        finally:
            self._leave()

    async def _next_batch(self, text: str) -> Vectors:
        """Wait for the batch that holds the text; its vector is in use by then."""
        waiting = (self._long if len(text) > LONG_CHARACTERS else self._short).put(text)
        try:
            # A client that goes away must not take the vector from others that asked the same.
            return await asyncio.shield(waiting.vector)
        except asyncio.CancelledError:
            if waiting.vector.done() and waiting.vector.exception() is None:
                self._leave()
            waiting.callers -= 1
            raise

    async def _when_due(self) -> None:
        """Wait while many vectors are in use."""
        if self._in_use >= AHEAD:
            self._room.clear()
            await self._room.wait()

    def _take(self, text: str, waiting: _Waiting, vector: Vectors) -> None:
        """Give a vector to those that wait for it, and keep it."""
        self._kept[text] = vector
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        self._in_use += waiting.callers
        waiting.vector.set_result(vector)

    def _leave(self) -> None:
        self._in_use -= 1
        if self._in_use < AHEAD:
            self._room.set()

    def close(self) -> None:
        """Stop the threads; questions still waiting are abandoned."""
        self._short.close()
        self._long.close()


class _Queue:
    """Questions that wait for the model, and the thread that encodes them, batch after batch."""

    def __init__(
        self,
        embedder: Embedder,
        when_due: Callable[[], Awaitable[None]],
        take: Callable[[str, _Waiting, Vectors], None],
    ) -> None:
        """Take what is awaited before each batch, and what is called with each vector."""
        self._embedder = embedder
        self._when_due = when_due
        self._take = take
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")
        self._waiting: dict[str, _Waiting] = {}
        self._runner: asyncio.Task[None] | None = None

    def put(self, text: str) -> _Waiting:
        """Add one more caller who waits for a text's vector."""
        waiting = self._waiting.setdefault(text, _Waiting(asyncio.get_running_loop().create_future()))
        waiting.callers += 1
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        return waiting

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._when_due()
            batch = dict(islice(self._waiting.items(), LARGEST_BATCH))
            try:
                vectors = await loop.run_in_executor(self._thread, self._embedder.encode_questions, list(batch))
            except Exception as error:
                self._fail(batch, error)
                continue
            for (text, waiting), vector in zip(batch.items(), vectors, strict=True):
                del self._waiting[text]
                self._take(text, waiting, vector)

    def _fail(self, batch: dict[str, _Waiting], error: Exception) -> None:
        for text, waiting in batch.items():
            del self._waiting[text]
            waiting.vector.set_exception(RuntimeError(f"the model failed: {error}"))
            waiting.vector.exception()  # seen here, so that an abandoned question leaves no warning

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

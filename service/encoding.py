"""Encode questions off the event loop, many at once.

A question that comes alone is encoded at once; those that arrive while the model is busy wait and go together as the
next batch. Vectors of recent questions are kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from index.embedder import Embedder, Vectors

KEPT_QUESTIONS = 2048
LARGEST_BATCH = 32
"""A power of two, as all batches are: the model prepares itself once for each size, and keeps what it prepared."""


class QuestionEncoder:
    """A queue in front of one model on one thread. Use it from one event loop; call `close` at the end."""

    def __init__(self, embedder: Embedder, *, kept: int = KEPT_QUESTIONS) -> None:
        self._embedder = embedder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")
        self._waiting: dict[str, asyncio.Future[Vectors]] = {}
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._limit = kept
        self._runner: asyncio.Task[None] | None = None

    async def encode(self, text: str) -> Vectors:
        """Return the question's vector, shape (dimension,)."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        if text not in self._waiting:
            self._waiting[text] = asyncio.get_running_loop().create_future()
        future = self._waiting[text]
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        # A client that goes away must not take the vector from others that asked the same.
        return await asyncio.shield(future)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            size = min(LARGEST_BATCH, 1 << (len(self._waiting).bit_length() - 1))
            batch = dict(islice(self._waiting.items(), size))
            try:
                vectors = await loop.run_in_executor(self._thread, self._embedder.encode_questions, list(batch))
            except Exception as error:
                self._fail(batch, error)
                continue
            for (text, future), vector in zip(batch.items(), vectors, strict=True):
                self._waiting.pop(text, None)
                self._keep(text, vector)
                if not future.done():
                    future.set_result(vector)

    def _fail(self, batch: dict[str, asyncio.Future[Vectors]], error: Exception) -> None:
        for text, future in batch.items():
            self._waiting.pop(text, None)
            if not future.done():
                future.set_exception(RuntimeError(f"the model failed: {error}"))
                future.exception()  # seen here, so that an abandoned question leaves no warning

    def _keep(self, text: str, vector: Vectors) -> None:
        self._kept[text] = vector
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Stop the thread; questions still waiting are abandoned."""
        self._thread.shutdown(wait=True, cancel_futures=True)

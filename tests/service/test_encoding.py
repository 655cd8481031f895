"""Questions are encoded off the event loop, together when they come together, once when they are the same."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.embedder import Vectors
from index.export import exported_model
from index.models import find_model
from index.question_graphs import ROW_OF_MANY
from service.encoding import AHEAD, LONG_CHARACTERS, QuestionEncoder
from service.settings import Settings

pytestmark = pytest.mark.anyio


class SlowModel:
    """Encodes when it is let, and remembers its batches."""

    model = "slow"
    backend = "fake"
    dimension = 2

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.started = threading.Event()
        self.released = threading.Event()

    def prepare(self) -> None:
        pass

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(list(texts))
        self.started.set()
        assert self.released.wait(10)
        if "bad" in texts:
            raise ValueError("no")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def encode_passages(self, texts: Sequence[str], report: object = None) -> Vectors:
        return self.encode_questions(texts)


async def test_questions_that_wait_go_as_one_batch() -> None:
    model = SlowModel()
    encoder = QuestionEncoder(model)
    first = asyncio.create_task(encoder.encode("a"))
    await asyncio.to_thread(model.started.wait, 10)
    others = [asyncio.create_task(encoder.encode("b" * n)) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    model.released.set()
    vectors = await asyncio.gather(first, *others)
    assert [vector[0] for vector in vectors] == [1, 2, 3, 4]
    assert model.batches == [["a"], ["bb", "bbb", "bbbb"]]
    encoder.close()


async def test_long_question_keeps_no_short_one_waiting() -> None:
    model = SlowModel()
    encoder = QuestionEncoder(model)
    long = "long " * LONG_CHARACTERS
    waiting = asyncio.create_task(encoder.encode(long))
    await asyncio.to_thread(model.started.wait, 10)
    model.started.clear()
    short = asyncio.create_task(encoder.encode("short"))
    await asyncio.to_thread(model.started.wait, 10)
    assert model.batches == [[long], ["short"]]
    model.released.set()
    assert [vector[0] for vector in await asyncio.gather(waiting, short)] == [len(long), 5]
    encoder.close()


def test_question_that_is_not_long_fits_into_a_row_that_is_prepared(settings: Settings) -> None:
    exported = exported_model(find_model(settings.model), settings.models)
    assert exported is not None
    tokenizer = Tokenizer.from_file(str(exported.folder / "tokenizer.json"))
    for text in ("水", "a.b/c_", "é", "🎉", "x"):
        assert len(tokenizer.encode((text * LONG_CHARACTERS)[:LONG_CHARACTERS]).ids) <= ROW_OF_MANY


async def test_next_batch_waits_while_many_vectors_are_in_use() -> None:
    model = SlowModel()
    model.released.set()
    encoder = QuestionEncoder(model)
    async with contextlib.AsyncExitStack() as in_use:
        for number in range(AHEAD):
            await in_use.enter_async_context(encoder.encoded(f"searched with {number}"))
        late = [asyncio.create_task(encoder.encode(text)) for text in ("late", "later")]
        staying = asyncio.create_task(in_use.enter_async_context(encoder.encoded("searched with 0")))
        leaving = asyncio.create_task(encoder.encode("gone"))
        await staying
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert not any(task.done() for task in late)
        assert len(model.batches) == AHEAD
    await asyncio.gather(*late)
    assert model.batches[AHEAD:] == [["late", "later", "gone"]]
    encoder.close()


async def test_same_question_in_use_many_times_keeps_nobody_waiting() -> None:
    model = SlowModel()
    encoder = QuestionEncoder(model)
    callers = [asyncio.create_task(encoder.encode("same")) for _ in range(3 * AHEAD)]
    await asyncio.to_thread(model.started.wait, 10)
    for caller in callers[::2]:
        caller.cancel()
    model.released.set()
    await asyncio.gather(*callers, return_exceptions=True)
    assert (await encoder.encode("another"))[0] == 7
    encoder.close()


async def test_same_question_is_encoded_once() -> None:
    model = SlowModel()
    model.released.set()
    encoder = QuestionEncoder(model)
    await asyncio.gather(*(encoder.encode("same") for _ in range(5)))
    await encoder.encode("same")
    assert model.batches == [["same"]]
    encoder.close()


async def test_client_that_goes_away_leaves_the_others_their_answer() -> None:
    model = SlowModel()
    encoder = QuestionEncoder(model)
    leaving, staying = asyncio.create_task(encoder.encode("q")), asyncio.create_task(encoder.encode("q"))
    await asyncio.to_thread(model.started.wait, 10)
    leaving.cancel()
    model.released.set()
    assert (await staying)[0] == 1
    encoder.close()


async def test_failing_model_fails_the_question_and_not_the_next() -> None:
    model = SlowModel()
    model.released.set()
    encoder = QuestionEncoder(model)
    with pytest.raises(RuntimeError, match="the model failed"):
        await encoder.encode("bad")
    assert (await encoder.encode("good"))[0] == 4
    encoder.close()


async def test_only_recent_questions_are_kept() -> None:
    model = SlowModel()
    model.released.set()
    encoder = QuestionEncoder(model, kept=1)
    for text in ("one", "two", "one"):
        await encoder.encode(text)
    assert model.batches == [["one"], ["two"], ["one"]]
    encoder.close()

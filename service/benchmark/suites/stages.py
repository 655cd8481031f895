"""Where the time of a question goes: the steps that answer it, one by one in this process, by the code that serves.

What is left of the time over the network is HTTP: parsing, routing, headers, and the hand-over between threads.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from index.embedder import Embedder
from index.search import Query, search
from index.store import Index
from service.answering import SEARCHED_CHUNKS, Answerer
from service.answers import Question
from service.benchmark.bench import Bench
from service.benchmark.figures import Figure
from service.bodies import answer_body
from service.passage_choice import choose_passages
from service.questions import clean
from service.state import ready_embedder

STAGES = {
    "encode": "encoding the question",
    "search": "searching",
    "choose": "choosing the answer",
    "gather": "gathering excerpts, examples and sources",
    "write": "writing JSON",
}
Result = TypeVar("Result")


class Watch:
    """Times of each stage, in milliseconds."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {name: [] for name in STAGES}

    def time(self, stage: str, work: Callable[[], Result], *, less: float = 0.0) -> tuple[Result, float]:
        """Do the work and note its time, less what is counted elsewhere."""
        begun = time.perf_counter()
        result = work()
        took = (time.perf_counter() - begun) * 1000
        self.times[stage].append(max(0.0, took - less))
        return result, took


def measure(bench: Bench) -> list[Figure]:
    """Answer questions step by step; medians."""
    embedder = ready_embedder(bench.settings)
    watch = Watch()
    asyncio.run(_answer_all(bench, embedder, watch))
    medians = {name: statistics.median(times) for name, times in watch.times.items()}
    figures = [Figure(f"{name}_ms", medians[name], what, "ms") for name, what in STAGES.items()]
    alone = bench.measured("questions", "alone_p50_ms")
    if alone is not None:
        rest = max(0.0, alone - sum(medians.values()))
        figures.append(Figure("http_ms", rest, "HTTP and hand-over: what is left of one question at a time", "ms"))
    return figures


async def _answer_all(bench: Bench, embedder: Embedder, watch: Watch) -> None:
    answerer = Answerer(bench.index, embedder)
    texts = [clean(text) for text in bench.questions.take(bench.size(200, 16))]
    try:
        for done, text in enumerate(texts):
            await _answer_in_steps(bench.index, embedder, answerer, text, watch)
            bench.report("stages", done + 1, len(texts))
    finally:
        answerer.close()


async def _answer_in_steps(index: Index, embedder: Embedder, answerer: Answerer, text: str, watch: Watch) -> None:
    vectors, encoding = watch.time("encode", lambda: embedder.encode_questions([text]))
    query = Query(text, vectors[0])
    hits, searching = watch.time("search", lambda: search(index, query, SEARCHED_CHUNKS))
    _, choosing = watch.time("choose", lambda: choose_passages(index, text, query.vector, hits))
    begun = time.perf_counter()
    answer = await answerer.ask(Question(text))
    took = (time.perf_counter() - begun) * 1000
    watch.times["gather"].append(max(0.0, took - encoding - searching - choosing))
    watch.time("write", lambda: answer_body(answer, [], index.manifest, took).model_dump_json())

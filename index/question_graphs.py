"""Encode questions by graphs of a few fixed shapes.

A graph of free shape prepares itself anew whenever the shape changes, which takes as long as a short question itself,
and keeps memory for every shape that it has met. Questions differ in length all the time, so the usual lengths have
graphs of their own, for one question and for a batch; rare long ones share a free one. See docs/benchmarks.md.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, int]
"""Questions, and tokens of each."""
WIDTHS = (16, 32)
"""Tokens of the fixed shapes: nearly every question has at most 32, most have at most 16."""
BATCH = 8
"""Questions of a batch: larger ones gain little a question, and everyone in a batch waits for all of it."""
WORTH_A_BATCH = 5
"""So many questions take longer one by one than a batch that is filled up."""
WANTED_OFTEN = 3
"""A shape that was wanted so often gets a graph, which takes a third of a second and 34 MB."""
_OPTIONS = {
    "PERFORMANCE_HINT": "LATENCY",
    # A second thread takes a fifth off the time of a question, and twice the processor time: it mostly spins.
    "INFERENCE_NUM_THREADS": "1",
    # Else the threads of all processes are bound to the same core, and a second worker gains nothing.
    "ENABLE_CPU_PINNING": "NO",
}


class QuestionGraphs:
    """The graphs of one model. `encode` is not for two threads at once."""

    def __init__(self, core: Any, graph: Path, max_tokens: int) -> None:
        self._core = core
        self._model = core.read_model(graph)
        self._max_tokens = max_tokens
        self._wanted: Counter[Shape] = Counter()
        self._requests: dict[Shape, Any] = {}
        """What computes, by shape; those of free shape have none."""
        self._make(self._narrowed((1, WIDTHS[-1])))

    @property
    def shapes(self) -> set[Shape]:
        """The shapes that have a graph by now."""
        return set(self._requests)

    def encode(self, questions: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return one vector for the token ids of each question, in their order, shape (n, dimension)."""
        longest_first = sorted(range(len(questions)), key=lambda row: len(questions[row]), reverse=True)
        parts: list[NDArray[np.float32]] = []
        missed: set[Shape] = set()
        while rest := longest_first[sum(map(len, parts)) :]:
            best, *others = self._fitting_shapes(len(questions[rest[0]]), len(rest))
            shape = next((shape for shape in (best, *others) if shape in self._requests), best)
            if shape != best:
                missed.add(best)
            some = [questions[row] for row in rest[: shape[0]]]
            found = self._request(shape).infer(padded(some, shape))[0]
            parts.append(np.array(found[: len(some)], dtype=np.float32))
        self._want(missed)
        return np.asarray(np.concatenate(parts)[np.argsort(longest_first)])

    def _fitting_shapes(self, tokens: int, waiting: int) -> list[Shape]:
        """Return shapes that hold a question of so many tokens while so many wait, the best first; the last works."""
        sizes = (BATCH, 1) if waiting >= WORTH_A_BATCH else (1,)
        fixed = [(size, width) for size in sizes for width in WIDTHS if tokens <= width]
        return [self._narrowed(shape) for shape in fixed or [(1, 1 << (tokens - 1).bit_length())]]

    def _want(self, shapes: set[Shape]) -> None:
        """Note which shapes would have been better; those that are wanted often get a graph in the background."""
        self._wanted.update(shapes)
        for shape in shapes:
            if self._wanted[shape] == WANTED_OFTEN:
                threading.Thread(target=self._make, args=(shape,), name="question graph").start()

    def _make(self, shape: Shape) -> None:
        model = self._model.clone()
        model.reshape({port: list(shape) for port in range(len(model.inputs))})
        request = self._core.compile_model(model, "CPU", _OPTIONS).create_infer_request()
        request.infer(padded([], shape))  # its first time takes many times as long as those after it
        self._requests[shape] = request

    def _request(self, shape: Shape) -> Any:
        return self._requests.get(shape) or self._free

    @cached_property
    def _free(self) -> Any:
        return self._core.compile_model(self._model, "CPU", _OPTIONS).create_infer_request()

    def _narrowed(self, shape: Shape) -> Shape:
        return shape[0], min(shape[1], self._max_tokens)


def padded(texts: Sequence[Sequence[int]], shape: Shape) -> list[NDArray[np.int64]]:
    """Return token ids, attention mask and token types, each of this shape, with zeros where there is nothing."""
    ids = np.zeros(shape, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return [ids, mask, np.zeros_like(ids)]

"""Encode questions by graphs of a few fixed lengths: short ones for who asks alone, a long one for many at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.packing import PackedRow, choose, padded

LENGTHS = (32, 128, 256)
"""Tokens of a row. Nearly every question has at most 32; each further length takes 36 MB and a third of a second."""
ROW_OF_MANY = 128
MANY = 4
"""So many questions are encoded sooner in one row of many than one by one."""
OPTIONS = {
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_NUM_THREADS": "1",
    # Else the threads of all processes are bound to the same core, and a second worker gains nothing.
    "ENABLE_CPU_PINNING": "NO",
}


class PackedQuestions:
    """Encodes questions packed into rows, for several threads."""

    def __init__(self, core: Any, graph: Path, max_tokens: int, pooling: str, threads: int = 1) -> None:
        """Take the graph for rows of any length, and the threads that a question alone may take.

        A second thread takes a fifth off its time, for twice the processor time, which under load others need.
        """
        self._core = core
        self._model = core.read_model(graph)
        self._pooling = pooling
        self._threads = threads
        self._lengths = sorted({min(length, max_tokens) for length in LENGTHS} | {max_tokens})
        self._graphs: dict[int, _RowGraph] = {}
        self._make(self._lengths[0])

    def prepare(self) -> None:
        """Make the graph for many questions at once; until then they are encoded one by one."""
        length = self._fitting(ROW_OF_MANY)
        if length not in self._graphs:
            self._make(length)

    def encode(self, questions: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return one vector for the token ids of each question, in their order, shape (n, dimension)."""
        vectors: dict[int, NDArray[np.float32]] = {}
        rest = list(range(len(questions)))
        while rest:
            lengths = [len(questions[i]) for i in rest]
            length = self._length_for(lengths)
            chosen = [rest[i] for i in choose(lengths, length)]
            found = self._graphs[length].encode([questions[i] for i in chosen], self._pooling)
            vectors.update(zip(chosen, found, strict=True))
            rest = [i for i in rest if i not in vectors]
        return np.asarray([vectors[i] for i in range(len(questions))], dtype=np.float32)

    def _length_for(self, lengths: Sequence[int]) -> int:
        """Return the length of the next row; the graph of a length that a long question needs is made here."""
        together = self._fitting(max(*lengths, min(sum(lengths), ROW_OF_MANY)))
        if len(lengths) >= MANY and together in self._graphs:
            return together
        alone = self._fitting(max(lengths))
        if alone not in self._graphs:
            self._make(alone)
        return alone

    def _fitting(self, tokens: int) -> int:
        return next(length for length in self._lengths if length >= min(tokens, self._lengths[-1]))

    def _make(self, length: int) -> None:
        threads = self._threads if length == self._lengths[0] else 1
        self._graphs[length] = _RowGraph(self._core, self._model, length, threads)


class _RowGraph:
    """The graph for rows of one length, with the row that it reads."""

    def __init__(self, core: Any, model: Any, length: int, threads: int) -> None:
        from openvino import Tensor

        self._row = PackedRow(length)
        fixed = model.clone()
        fixed.reshape({port: list(array.shape) for port, array in enumerate(self._row.inputs)})
        options = {**OPTIONS, "INFERENCE_NUM_THREADS": str(threads)}
        self._request = core.compile_model(fixed, "CPU", options).create_infer_request()
        for port, array in enumerate(self._row.inputs):  # to hand them over each time takes a tenth of a question
            self._request.set_input_tensor(port, Tensor(array, shared_memory=True))
        self._lock = threading.Lock()
        self.encode([], "mean")  # the first time takes many times as long as those after it

    def encode(self, questions: Sequence[Sequence[int]], pooling: str) -> NDArray[np.float32]:
        """Return one vector for each of some questions that fit into the row."""
        with self._lock:
            self._row.fill(questions, pooling)
            self._request.infer(share_outputs=True)
            return np.array(self._request.get_output_tensor(0).data[: len(questions)], dtype=np.float32)


class SingleQuestions:
    """Encodes questions one by one, by the graph of passages, for models that can't be packed. For several threads."""

    def __init__(self, core: Any, graph: Path) -> None:
        self._request = core.compile_model(graph, "CPU", OPTIONS).create_infer_request()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """There is nothing to make."""

    def encode(self, questions: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return one vector for the token ids of each question, in their order, shape (n, dimension)."""
        with self._lock:
            return np.concatenate([np.array(self._request.infer(padded([ids]))[0], np.float32) for ids in questions])

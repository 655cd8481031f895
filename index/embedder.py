"""Turn text into unit vectors: by the exported OpenVINO graph, or by sentence-transformers where a model does not
export.

Both give the same vectors (cosine 0.9999 and above) and stand behind one small contract.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.export import ExportedModel, exported_model, load_sentence_transformer
from index.models import DEFAULT_MODEL, ModelSource, find_model
from index.packing import padded
from index.question_graphs import PackedQuestions, SingleQuestions

Vectors = NDArray[np.float32]
Report = Callable[[int], None]
"""Called with the number of texts done so far."""
BATCH_TOKENS = 2048
"""Tokens of a batch that stay in a core's cache: a quarter faster than 8192, see docs/index.md."""
_BATCH_TEXTS = 64
_WIDTH_STEP = 8
"""Few different widths: the graph is prepared once for each."""


class Embedder(Protocol):
    """What the index needs of a model. Vectors are float32, of length 1, in the order of the texts."""

    @property
    def model(self) -> str:
        """The model's name, as the manifest records it."""
        ...

    @property
    def backend(self) -> str:
        """What computes: `openvino` or `torch`."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    def prepare(self) -> None:
        """Make ready what would keep the first questions waiting; they are answered without, only later."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question, shape (n, dimension); for several threads."""
        ...

    def encode_passages(self, texts: Sequence[str], report: Report | None = None) -> Vectors:
        """Return one vector a text, shape (n, dimension); made for many."""
        ...


def open_embedder(
    model: str = DEFAULT_MODEL, cache_folder: Path = Path("index/data/models"), *, question_threads: int = 1
) -> Embedder:
    """Open a model by name or folder; the exported graph is kept below `cache_folder`. Raises ModelNotFound.

    `question_threads` is how many threads a question that comes alone may take.
    """
    source = find_model(model)
    exported = exported_model(source, cache_folder)
    return OpenVinoEmbedder(source, exported, question_threads) if exported else TorchEmbedder(source)


class OpenVinoEmbedder:
    """Runs the exported graph; imports no torch."""

    backend = "openvino"

    def __init__(self, source: ModelSource, exported: ExportedModel, question_threads: int = 1) -> None:
        import openvino
        from tokenizers import Tokenizer

        self.model = source.name
        self.dimension = exported.dimension
        self._source = source
        self._exported = exported
        self._question_threads = question_threads
        self._tokenizer = Tokenizer.from_file(str(exported.folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(exported.max_tokens)
        self._tokenizer.no_padding()
        self._core = openvino.Core()
        self._graph = exported.folder / "model.xml"

    def prepare(self) -> None:
        """Make the graphs of questions, for one alone and for many at once."""
        self._questions.prepare()

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # One by one: questions are short, and a batch would wake threads that cost more than they help.
        questions = [self._tokenizer.encode(self._source.question_prompt + text).ids for text in texts]
        return _unit(self._questions.encode(questions))

    def encode_passages(self, texts: Sequence[str], report: Report | None = None) -> Vectors:
        """Return one vector a text, by several streams over batches of like length. Not for two threads at once."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if not texts:
            return vectors
        queue, done = self._streams, 0

        def store(request: Any, rows: list[int]) -> None:
            nonlocal done
            vectors[rows] = request.get_output_tensor(0).data
            done += len(rows)

        queue.set_callback(store)
        for rows, inputs in self._batches(texts):
            queue.start_async(inputs, rows)
            if report:
                report(done)
        queue.wait_all()
        if report:
            report(len(texts))
        return _unit(vectors)

    @cached_property
    def _questions(self) -> PackedQuestions | SingleQuestions:
        """What encodes questions; made when it is first needed, since building an index does without."""
        if not self._exported.pooling:
            return SingleQuestions(self._core, self._graph)
        packed, most = self._exported.folder / "packed.xml", self._exported.max_tokens
        return PackedQuestions(self._core, packed, most, self._exported.pooling, self._question_threads)

    @cached_property
    def _streams(self) -> Any:
        """What runs several batches at a time; made when it is first needed, since serving does without."""
        from openvino import AsyncInferQueue

        return AsyncInferQueue(self._core.compile_model(self._graph, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"}))

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[NDArray[np.int64]]]]:
        """Yield (rows, inputs), longest texts first: a batch holds texts of like length, and memory peaks at once."""
        encodings = self._tokenizer.encode_batch([self._source.passage_prompt + text for text in texts])
        by_length = sorted(range(len(texts)), key=lambda row: len(encodings[row].ids), reverse=True)
        start = 0
        while start < len(by_length):
            longest = len(encodings[by_length[start]].ids)
            rows = by_length[start : start + max(1, min(_BATCH_TEXTS, BATCH_TOKENS // max(1, longest)))]
            yield rows, padded([encodings[row].ids for row in rows], self._width(longest))
            start += len(rows)

    def _width(self, tokens: int) -> int:
        """Return the width of a batch whose longest text has so many tokens."""
        return min(-(-tokens // _WIDTH_STEP) * _WIDTH_STEP, self._exported.max_tokens)


class TorchEmbedder:
    """Runs sentence-transformers itself: slower, but any model that it knows."""

    backend = "torch"

    def __init__(self, source: ModelSource) -> None:
        self.model = source.name
        self._source = source
        self._transformer = load_sentence_transformer(source)
        self._lock = threading.Lock()
        self.dimension = int(self._transformer.get_embedding_dimension() or 0)

    def prepare(self) -> None:
        """There is nothing to make."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one vector a question."""
        with self._lock:
            return self._encode([self._source.question_prompt + text for text in texts])

    def encode_passages(self, texts: Sequence[str], report: Report | None = None) -> Vectors:
        """Return one vector a text."""
        step = 512
        parts = []
        for start in range(0, len(texts), step):
            parts.append(self._encode([self._source.passage_prompt + text for text in texts[start : start + step]]))
            if report:
                report(min(start + step, len(texts)))
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = self._transformer.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)

"""A small embedder that needs no model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.embedder import Report, Vectors

_WORD = re.compile(r"\w+")


class WordEmbedder:
    """Texts that share words get near vectors. It counts what it is asked to encode, and can be made to fail."""

    backend = "words"
    dimension = 64

    def __init__(self, model: str = "words") -> None:
        self.model = model
        self.encoded: list[str] = []
        self.fails_at = -1

    def prepare(self) -> None:
        pass

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], report: Report | None = None) -> Vectors:
        self.encoded += texts
        if 0 <= self.fails_at < len(self.encoded):
            raise RuntimeError("the model failed")
        if report:
            report(len(texts))
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

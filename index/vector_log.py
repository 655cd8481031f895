"""Vectors under the keys of their texts, in two files that only grow.

A build appends to them as vectors are made, so an interrupted one loses what was being made at that moment and no more.
Generations name the places that they use; what an earlier generation maps is never written again.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from index.embedder import Vectors
from index.keys import KEY_BYTES, Keys, as_keys

_FLOAT_BYTES = 4
_BLOCK = 8192


class VectorLog:
    """The vectors of one kind (chunks or passages). One writer at a time, the holder of the build's lock."""

    def __init__(self, folder: Path, kind: str, dimension: int, trusted: int = 0) -> None:
        """Open for reading and appending, and cut off what an interrupted build did not finish.

        The first `trusted` vectors are those of generations: when they are not all there the log is broken, and
        ValueError is raised.
        """
        self.folder, self.kind, self.dimension = folder, kind, dimension
        self._keys_file = folder / f"{kind}.keys"
        self._vectors_file = _vectors_file(folder, kind)
        self._keys_file.touch()
        self._vectors_file.touch()
        self.count = self._whole(trusted)
        if self.count < trusted:
            raise ValueError(f"{folder} holds {self.count} vectors of {kind}, but {trusted} are in use")
        os.truncate(self._keys_file, self.count * KEY_BYTES)
        os.truncate(self._vectors_file, self.count * dimension * _FLOAT_BYTES)

    def keys(self) -> Keys:
        """Return the keys of all places."""
        return as_keys(self._keys_file.read_bytes())

    def vectors(self) -> Vectors:
        """Return all vectors, mapped."""
        return map_vectors(self.folder, self.kind, self.count, self.dimension)

    def append(self, keys: Keys, vectors: Vectors) -> None:
        """Add vectors at the end and see that they are on the disk. Raises OSError, for example when it is full."""
        # A key is written after its vector: a key that is there has one.
        _append(self._vectors_file, np.ascontiguousarray(vectors, dtype=np.float32).tobytes())
        _append(self._keys_file, np.ascontiguousarray(keys).tobytes())
        self.count += len(keys)

    def _whole(self, trusted: int) -> int:
        """Return how many vectors are complete; those of an interrupted build may end in the middle of one."""
        width = self.dimension * _FLOAT_BYTES
        stored = min(self._keys_file.stat().st_size // KEY_BYTES, self._vectors_file.stat().st_size // width)
        if stored <= trusted:
            return stored
        vectors = map_vectors(self.folder, self.kind, stored, self.dimension)
        for start in range(trusted, stored, _BLOCK):
            lengths = np.linalg.norm(vectors[start : start + _BLOCK], axis=1)
            broken = np.flatnonzero(~(np.abs(lengths - 1) < 0.01))
            if len(broken):
                return start + int(broken[0])
        return stored


def map_vectors(folder: Path, kind: str, count: int, dimension: int) -> Vectors:
    """Map the first `count` vectors of a log, shape (count, dimension). Raises OSError or ValueError when cut off."""
    if not count:
        return np.zeros((0, dimension), dtype=np.float32)
    return np.asarray(np.memmap(_vectors_file(folder, kind), dtype=np.float32, mode="r", shape=(count, dimension)))


def _vectors_file(folder: Path, kind: str) -> Path:
    return folder / f"{kind}.vectors"


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())

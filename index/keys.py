"""Keys of texts: a vector is kept under the hash of the text that it was made of, whichever page holds that text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

KEY_BYTES = 16
Keys = NDArray[np.bytes_]
"""Shape (n,), 16 bytes each."""


def keys_of(texts: Iterable[str]) -> Keys:
    """Return the key of each text."""
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES] for text in texts)
    return as_keys(b"".join(digests))


def as_keys(stored: bytes) -> Keys:
    """Return keys that were stored one after the other."""
    return np.frombuffer(stored, dtype=f"S{KEY_BYTES}")


def joined(parts: Sequence[Keys]) -> Keys:
    """Return the keys of several parts one after the other."""
    return np.concatenate([as_keys(b""), *parts])


class KeyTable:
    """Finds the place of a key among many; 16 bytes more a key, no object for each.

    Keys are sorted by their first half and compared in full: of two that share it, one may not be found.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        halves = _first_half(keys)
        self._order = np.argsort(halves)
        self._sorted = halves[self._order]

    def places(self, keys: Keys) -> NDArray[np.int64]:
        """Return the place of each key, -1 for one that is not found."""
        if not len(self._sorted):
            return np.full(len(keys), -1, dtype=np.int64)
        found = np.searchsorted(self._sorted, _first_half(keys))
        places = self._order[np.minimum(found, len(self._sorted) - 1)]
        return np.where(self._keys[places] == keys, places, -1)


def _first_half(keys: Keys) -> NDArray[np.uint64]:
    return np.ascontiguousarray(keys).view(np.uint64)[::2]


def first_of_each(keys: Keys, missing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the missing keys stand there for the first time: what is still to be made, each once."""
    first = np.zeros(len(keys), dtype=np.bool_)
    rows = np.flatnonzero(missing)
    first[rows[np.unique(keys[rows], return_index=True)[1]]] = True
    return first

"""Nearest vectors among very many: a shortlist by one bit a number, then exact cosines of what is on it.

The sign bits of two vectors differ in about as many places as the angle between them says. Counting differences reads a
thirty-second of what cosines would, and what is lost is measured by `askmd check-recall`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors

SHORTLIST_FROM = 50_000
"""Below this many vectors, looking at all of them exactly takes a few milliseconds."""
SHORTLIST = 2000
"""Vectors whose cosines are computed, at least; of a million, a five-hundredth."""
_MOST = 4
"""No more than so many times as many."""
_BLOCK = 65_536
_WORDS_IN_A_BYTE = 3
"""Words of 64 bits whose differences, at most 192, a byte can count."""
_SAMPLE = 16_384
_GATHERED = 256
_NEVER = np.iinfo(np.uint16).max

Bits = NDArray[np.uint64]
"""Shape (words, vectors): the first 64 signs of all vectors, then the next 64, and so on."""
Places = NDArray[np.int64]


def sign_bits(vectors: Vectors) -> Bits:
    """Return the signs of vectors of shape (n, dimension)."""
    words = -(-vectors.shape[1] // 64)
    packed = np.zeros((len(vectors), words * 8), dtype=np.uint8)
    for start in range(0, len(vectors), _BLOCK):
        signs = np.packbits(vectors[start : start + _BLOCK] > 0, axis=1)
        packed[start : start + _BLOCK, : signs.shape[1]] = signs
    return np.ascontiguousarray(packed.view(np.uint64).T)


def cosines(vectors: Vectors, places: NDArray[np.integer], vector: Vectors) -> NDArray[np.float32]:
    """Return the cosines of the vectors at some places with one vector, shape (places,)."""
    similarities = np.empty(len(places), dtype=np.float32)
    # Products of this size are computed by the thread that asks: waiting for others to join costs more than they save.
    for start in range(0, len(places), _GATHERED):
        part = slice(start, start + _GATHERED)
        similarities[part] = vectors[places[part]] @ vector
    return similarities


class Shortlist:
    """Finds the nearest of many vectors. `bits` and `vectors` belong together; both may be mapped."""

    def __init__(self, bits: Bits, vectors: Vectors) -> None:
        self._bits, self._vectors = bits, vectors
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="shortlist")

    def nearest(self, vector: Vectors, count: int, admitted: NDArray[np.bool_] | None = None) -> Places:
        """Return about the `count` places of greatest cosine, best first; only those admitted, shape (n,), if given."""
        differences = self._differences(vector)
        if admitted is not None:
            differences[~admitted] = _NEVER
        places = _least(differences, max(SHORTLIST, count))
        similarities = cosines(self._vectors, places, vector)
        return places[np.argsort(-similarities, kind="stable")[:count]]

    def close(self) -> None:
        """Stop the helping thread."""
        self._helper.shutdown(wait=False, cancel_futures=True)

    def _differences(self, vector: Vectors) -> NDArray[np.uint16]:
        """Return how many signs of each vector differ from the given one's."""
        signs = sign_bits(vector[np.newaxis])[:, 0]
        differences = np.empty(self._bits.shape[1], dtype=np.uint16)
        # Both threads take the next block from one iterator: a helper that is busy with another question is not waited
        # for.
        blocks = iter(range(0, len(differences), _BLOCK))
        help_ = self._helper.submit(_count_blocks, self._bits, signs, blocks, differences)
        _count_blocks(self._bits, signs, blocks, differences)
        if not help_.cancel():
            help_.result()
        return differences


def _count_blocks(bits: Bits, signs: Bits, blocks: Iterator[int], differences: NDArray[np.uint16]) -> None:
    unlike = np.empty(_BLOCK, dtype=np.uint64)
    counted, sums = np.empty(_BLOCK, dtype=np.uint8), np.empty(_BLOCK, dtype=np.uint8)
    for start in blocks:
        found = differences[start : start + _BLOCK]
        block = slice(0, len(found))
        found[:] = 0
        for word in range(len(signs)):
            np.bitwise_xor(bits[word, start : start + _BLOCK], signs[word], out=unlike[block])
            if word % _WORDS_IN_A_BYTE == 0:
                np.bitwise_count(unlike[block], out=sums[block])
            else:
                np.bitwise_count(unlike[block], out=counted[block])
                np.add(sums[block], counted[block], out=sums[block])
            if word % _WORDS_IN_A_BYTE == _WORDS_IN_A_BYTE - 1 or word == len(signs) - 1:
                np.add(found, sums[block], out=found)


def _least(differences: NDArray[np.uint16], size: int) -> Places:
    """Return at least `size` places of least differences, if so many are admitted, in order of place."""
    sample = np.sort(differences[:: max(1, len(differences) // _SAMPLE)])
    limit = int(sample[min(len(sample) - 1, len(sample) * size // len(differences))])
    places = np.flatnonzero(differences <= min(limit, _NEVER - 1))
    if len(places) < size:  # the sample told too little
        limit = int(np.searchsorted(np.cumsum(np.bincount(differences)), size))
        places = np.flatnonzero(differences <= min(limit, _NEVER - 1))
    if len(places) > _MOST * size:  # very many are alike
        places = np.sort(places[np.argpartition(differences[places], size)[:size]])
    return places

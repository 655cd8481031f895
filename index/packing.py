"""Rows of tokens, as the model takes them: several questions side by side in one row, or a text in each.

Questions differ in length all the time. A graph of free shape prepares itself anew at each change, which takes as long
as a short question itself, and padding to the longest wastes half of a batch. A row of fixed length needs neither: it
is filled with questions, tokens see only those of the same one, and the vector of each is pooled from its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOKENS_OF_A_SLOT = 8
"""A row has a slot for every so many tokens: few questions have less."""


@dataclass(frozen=True, slots=True)
class PackedRow:
    """What the graph takes: ids, positions and segments (1, length), pooling (slots, length)."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    segments: NDArray[np.int64]
    """Which question a token belongs to, from 1; 0 where the row is empty."""
    pooling: NDArray[np.float32]

    def inputs(self) -> list[NDArray[np.generic]]:
        """Return the arrays in the order of the graph's inputs."""
        return [self.ids, self.positions, self.segments, self.pooling]


def slots(length: int) -> int:
    """Return how many questions a row holds at most."""
    return max(2, length // TOKENS_OF_A_SLOT)


def pack(questions: Sequence[Sequence[int]], length: int, pooling: str) -> PackedRow:
    """Fill a row with the token ids of questions that fit into it; `pooling` is `mean` or `cls`."""
    empty = np.zeros((1, length), np.int64)
    row = PackedRow(empty, empty.copy(), empty.copy(), np.zeros((slots(length), length), np.float32))
    start = 0
    for slot, tokens in enumerate(questions):
        own = slice(start, start + len(tokens))
        row.ids[0, own] = tokens
        row.positions[0, own] = np.arange(len(tokens))
        row.segments[0, own] = slot + 1
        if pooling == "mean":
            row.pooling[slot, own] = 1 / len(tokens)
        else:
            row.pooling[slot, start] = 1
        start += len(tokens)
    return row


def choose(lengths: Sequence[int], length: int) -> list[int]:
    """Return which of some questions, by their lengths, fill a row best: the longest first, then what fits in."""
    chosen: list[int] = []
    room = length
    for i in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if lengths[i] <= room and len(chosen) < slots(length):
            chosen.append(i)
            room -= lengths[i]
    return chosen


def padded(texts: Sequence[Sequence[int]], width: int = 0) -> list[NDArray[np.int64]]:
    """Return token ids, attention mask and token types, a text in each row, padded to the longest at least."""
    ids = np.zeros((len(texts), max(width, *map(len, texts))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(texts):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return [ids, mask, np.zeros_like(ids)]

"""Rows of tokens, as the model takes them: several questions side by side in one row, or a text in each.

Questions differ in length all the time. A graph of free shape prepares itself anew at each change, which takes as long
as a short question itself, and padding to the longest wastes half of a batch. A row of fixed length needs neither: it
is filled with questions, tokens see only those of the same one, and the vector of each is pooled from its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOKENS_OF_A_SLOT = 8
"""A row has a slot for every so many tokens: few questions have less."""


class PackedRow:
    """What the graph takes, filled again and again: ids, positions and segments (1, length), pooling (slots, length).

    `segments` tells which question a token belongs to, from 1; 0 where the row is empty.
    """

    def __init__(self, length: int) -> None:
        self.ids, self.positions, self.segments = (np.zeros((1, length), dtype=np.int64) for _ in range(3))
        self.pooling = np.zeros((slots(length), length), dtype=np.float32)
        self.inputs: list[NDArray[Any]] = [self.ids, self.positions, self.segments, self.pooling]
        """The arrays in the order of the graph's inputs."""

    def fill(self, questions: Sequence[Sequence[int]], pooling: str) -> None:
        """Take the token ids of questions that fit into the row; `pooling` is `mean` or `cls`."""
        for array in self.inputs:
            array.fill(0)
        start = 0
        for slot, tokens in enumerate(questions):
            own = slice(start, start + len(tokens))
            self.ids[0, own] = tokens
            self.positions[0, own] = np.arange(len(tokens))
            self.segments[0, own] = slot + 1
            if pooling == "mean":
                self.pooling[slot, own] = 1 / len(tokens)
            else:
                self.pooling[slot, start] = 1
            start += len(tokens)


def slots(length: int) -> int:
    """Return how many questions a row holds at most."""
    return max(2, length // TOKENS_OF_A_SLOT)


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

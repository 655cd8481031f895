"""Make the vectors that a store lacks, a few seconds' worth at a time.

Each text is encoded once, however often it stands in the notes. What is made is on the disk before the next part is
begun, and no more than a part is held in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import compress, islice

import numpy as np
from numpy.typing import NDArray

from index.chunk_vectors import encode_chunks
from index.embedder import Embedder, Report, Vectors
from index.keys import Keys, KeyTable, first_of_each, joined, keys_of
from index.vector_log import VectorLog
from index.vector_store import CHUNKS, Places

Progress = Callable[[int, int], None]
"""Called with how many are made, of how many."""
Inputs = Callable[[int], Sequence[str]]
"""Gives the texts of a page's body."""
PART_SECONDS = 5.0
FIRST_PART, SMALLEST_PART, LARGEST_PART = 512, 64, 16384
"""Texts of a part; between, it is what takes so many seconds."""


def embed_missing(
    log: VectorLog, pages: Sequence[tuple[int, Keys]], inputs: Inputs, embedder: Embedder, report: Progress
) -> tuple[Places, int]:
    """Make what the log lacks of these pages (body and keys), each text once.

    Returns the place of each row's vector, and how many were made.
    """
    keys = joined([keys for _, keys in pages])
    places = KeyTable(log.keys()).places(keys)
    missing = places < 0
    wanted = first_of_each(keys, missing)
    total, before = int(wanted.sum()), log.count
    if total:
        encode = partial(encode_chunks, embedder) if log.kind == CHUNKS else embedder.encode_passages
        _append_all(log, _wanted_texts(pages, wanted, inputs), encode, lambda done: report(done, total))
        # What was made stands at the end, in the order of the rows that it was made for.
        _, number = np.unique(keys[missing], return_inverse=True)
        places[missing] = before + np.argsort(keys[wanted])[number]
    return places, total


def _wanted_texts(pages: Sequence[tuple[int, Keys]], wanted: NDArray[np.bool_], inputs: Inputs) -> Iterator[str]:
    end = 0
    for body, keys in pages:
        start, end = end, end + len(keys)
        if wanted[start:end].any():
            yield from compress(inputs(body), wanted[start:end])


def _append_all(
    log: VectorLog, texts: Iterator[str], encode: Callable[[Sequence[str], Report], Vectors], report: Report
) -> None:
    done, size = 0, FIRST_PART
    report(0)
    while part := list(islice(texts, size)):
        started = time.monotonic()
        log.append(keys_of(part), encode(part, _after(done, report)))
        done += len(part)
        report(done)
        per_second = len(part) / max(time.monotonic() - started, 1e-3)
        size = int(np.clip(per_second * PART_SECONDS, SMALLEST_PART, LARGEST_PART))


def _after(before: int, report: Report) -> Report:
    return lambda done: report(before + done)

"""Read what questions will look at before they ask, where all of it stays in memory.

Else each question reads and analyses the chunks that none before it came to, which takes a millisecond.
"""

from __future__ import annotations

from index.analysis import term_set
from index.store import CHUNKS_KEPT, Index

_AT_ONCE = 64


def read_ahead(index: Index) -> None:
    """Read all chunks and passages of a small index, and their terms; of one that is not kept whole, nothing."""
    if index.manifest.chunks > CHUNKS_KEPT:
        return
    for start in range(0, index.manifest.chunks, _AT_ONCE):
        rows = range(start, min(start + _AT_ONCE, index.manifest.chunks))
        for heading in {heading for chunk in index.chunks(rows) for heading in chunk.headings}:
            term_set(heading)
        for _, passage in index.passages(rows):
            term_set(passage.text)

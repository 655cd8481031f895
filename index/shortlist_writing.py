"""Write what a generation's shortlist reads, where there are so many chunks that it needs one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.generations import Built
from index.manifest import SearchMode
from index.shortlist import SHORTLIST_FROM, Bits, sign_bits
from index.vector_store import VectorStore

BITS = "chunk_bits.npy"


def write_shortlist(folder: Path, store: VectorStore, current: Built | None) -> SearchMode:
    """Write the sign bits of all chunks' vectors, those of new vectors beside those of the generation before."""
    vectors = store.chunks.vectors()
    if len(vectors) < SHORTLIST_FROM:
        return "exact"
    known = _known(store, current)
    bits = sign_bits(vectors[known.shape[1] :]) if known is not None else sign_bits(vectors)
    np.save(folder / BITS, bits if known is None else np.concatenate([known, bits], axis=1))
    return "shortlist"


def _known(store: VectorStore, current: Built | None) -> Bits | None:
    """Return the bits of the vectors that the generation before has of the same store."""
    if current is None or current.manifest.search == "exact" or current.manifest.vectors != store.name:
        return None
    bits: Bits = np.load(current.folder / BITS, mmap_mode="r")
    return bits

"""The folder that holds the vectors of one model, shared by the generations that use it: `vectors/<name>/`.

Vectors that no generation uses any more are left behind when a store is compacted into a new one.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.inputs import VECTORS_VERSION
from index.vector_log import VectorLog

Places = NDArray[np.int64]
CHUNKS, PASSAGES = "chunks", "passages"
_CARD = "card.json"
_DEAD_SHARE = 0.3
_FEW = 4096
_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Card:
    """What a store's vectors were made with."""

    model: str
    dimension: int
    vectors_version: int = VECTORS_VERSION


class VectorStore:
    """One store, opened for appending by the one process that builds."""

    def __init__(self, folder: Path, card: Card, trusted: tuple[int, int] = (0, 0)) -> None:
        self.folder, self.card = folder, card
        self.chunks = VectorLog(folder, CHUNKS, card.dimension, trusted[0])
        self.passages = VectorLog(folder, PASSAGES, card.dimension, trusted[1])

    @property
    def name(self) -> str:
        """The folder's name, as manifests record it."""
        return self.folder.name

    def wants_compaction(self, chunk_places: Places, passage_places: Places) -> bool:
        """Tell whether so many vectors are used by no row that leaving them behind is worth a copy of the others."""
        used = sum(int(np.count_nonzero(np.bincount(places))) for places in (chunk_places, passage_places))
        stored = self.chunks.count + self.passages.count
        return stored - used > max(_FEW, _DEAD_SHARE * stored)

    def compacted(self, chunk_places: Places, passage_places: Places) -> VectorStore:
        """Return a new store of the vectors at these places alone, in the order of the rows that use them."""
        aside = Path(tempfile.mkdtemp(prefix=".compacting-", dir=self.folder.parent))
        try:
            newer = VectorStore(aside, self.card)
            for log, target, places in (
                (self.chunks, newer.chunks, chunk_places),
                (self.passages, newer.passages, passage_places),
            ):
                _copy(log, target, places)
            return VectorStore(_put_in_place(aside, self.card), self.card, (newer.chunks.count, newer.passages.count))
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def open_vector_store(
    data_folder: Path, card: Card, used: Mapping[str, tuple[int, int]], preferred: str
) -> VectorStore:
    """Open the store that is named, or another that fits the model, or a new one.

    `used` tells how many vectors of chunks and passages generations use of each store. A store that has fewer is
    broken, and left alone.
    """
    vectors = data_folder / "vectors"
    vectors.mkdir(exist_ok=True)
    fitting = [folder for folder in vectors.iterdir() if not folder.name.startswith(".") and _card(folder) == card]
    for folder in sorted(fitting, key=lambda folder: (folder.name == preferred, _size(folder)), reverse=True):
        with suppress(ValueError):
            return VectorStore(folder, card, used.get(folder.name, (0, 0)))
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=vectors))
    return VectorStore(_put_in_place(aside, card), card)


def remove_other_stores(data_folder: Path, used: Iterable[str]) -> None:
    """Remove the stores that no generation names; who has one mapped reads on."""
    kept = set(used)
    for folder in (data_folder / "vectors").iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(aside: Path, card: Card) -> Path:
    (aside / _CARD).write_text(json.dumps(asdict(card)), encoding="utf-8")
    place = aside.parent / aside.name.rpartition("-")[2]
    aside.chmod(0o755)
    aside.rename(place)
    return place


def _card(folder: Path) -> Card | None:
    try:
        return Card(**json.loads((folder / _CARD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _size(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(folder))


def _copy(source: VectorLog, target: VectorLog, places: Places) -> None:
    unique, first = np.unique(places, return_index=True)
    wanted = unique[np.argsort(first)]
    keys, vectors = source.keys(), source.vectors()
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        target.append(keys[block], vectors[block])

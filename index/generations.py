"""The generations in a data folder: which one is current, and which are kept."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexFault
from index.files import sync_folder
from index.manifest import Manifest, make_current, read_manifest
from index.store import open_index

_KEPT = 2


@dataclass(frozen=True, slots=True)
class Built:
    """A generation that stands."""

    folder: Path
    manifest: Manifest


def current_whole(data_folder: Path) -> Built | None:
    """Return the current generation when it fits this code and can be opened: one that lost a file is built anew."""
    try:
        index = open_index(data_folder)
    except IndexFault:
        return None
    index.close()
    return Built(index.generation, index.manifest)


def used_vectors(data_folder: Path) -> dict[str, tuple[int, int]]:
    """Return how many vectors of chunks and of passages generations use of each store."""
    used: dict[str, tuple[int, int]] = {}
    for generation in (data_folder / "generations").glob("[!.]*"):
        try:
            manifest = read_manifest(generation)
        except IndexFault:
            continue
        chunks, passages = used.get(manifest.vectors, (0, 0))
        used[manifest.vectors] = (max(chunks, manifest.stored_chunks), max(passages, manifest.stored_passages))
    return used


def put_in_place(data_folder: Path, folder: Path, version: str) -> Path:
    """Make a finished folder the current generation."""
    generations = data_folder / "generations"
    generations.mkdir(exist_ok=True)
    sync_folder(folder)
    place = generations / f"{version}-{int(time.time() * 1000):x}"
    folder.replace(place)
    try:
        make_current(data_folder, place)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return place


def remove_old(current: Path) -> None:
    """Keep the current generation and the one before, which a server may still be reading."""
    for leftover in current.parent.glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    others = sorted(
        (folder for folder in current.parent.iterdir() if folder != current),
        key=lambda folder: folder.stat().st_mtime,
    )
    for folder in others[: -(_KEPT - 1)]:
        shutil.rmtree(folder, ignore_errors=True)

"""The next generation in the making: the folder `draft`, which becomes a generation by one rename.

It begins as a copy of the current generation's texts, or as nothing. What an interrupted build has read stays in it,
and the next build goes on from there.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from index.draft_database import DraftDatabase
from index.files import copy_file
from index.manifest import FORMAT_VERSION

TEXTS = "notes.sqlite"
_CARD = "draft.json"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draft goes on from."""

    generation: str
    """Name of the generation whose texts it began with; empty when it began with nothing."""
    reader: str
    """Version of the code that reads pages: what another version has read is read anew."""
    format_version: int = FORMAT_VERSION


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that is opened for writing."""

    folder: Path
    basis: Basis
    database: DraftDatabase


def open_draft(data_folder: Path, current: Path | None, reader: str) -> Draft:
    """Go on with the draft that is there, or begin one from the current generation, if any.

    Raises OSError or sqlite3.Error when it can't be written or what it would begin with is broken.
    """
    folder = data_folder / "draft"
    basis = _basis(folder)
    if basis is None or (basis.reader, basis.format_version) != (reader, FORMAT_VERSION):
        discard_draft(data_folder)
        basis = Basis(current.name if current else "", reader)
        _begin(folder, basis, current)
    _clear(folder)
    return Draft(folder, basis, DraftDatabase(folder / TEXTS))


def discard_draft(data_folder: Path) -> None:
    """Remove the draft and what was being made into one."""
    for folder in (data_folder / "draft", *data_folder.glob(".draft-*")):
        shutil.rmtree(folder, ignore_errors=True)


def _begin(folder: Path, basis: Basis, current: Path | None) -> None:
    aside = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        if current is not None:
            copy_file(current / TEXTS, aside / TEXTS)
        (aside / _CARD).write_text(json.dumps(asdict(basis)), encoding="utf-8")
        aside.chmod(0o755)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _basis(folder: Path) -> Basis | None:
    try:
        return Basis(**json.loads((folder / _CARD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _clear(folder: Path) -> None:
    """Remove all but what can be gone on with: the texts, with the journal that mends them, and the card."""
    for entry in os.scandir(folder):
        if entry.is_dir():
            shutil.rmtree(entry.path)
        elif not entry.name.startswith((TEXTS, _CARD)):
            Path(entry.path).unlink()

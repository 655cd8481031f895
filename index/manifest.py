"""What an index was built from and with, and which generation is the current one.

A generation is a folder that is never changed once it is in place; `current.json` names it and is replaced in one
atomic step.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from corpus.chunks import CHUNKER_VERSION
from index.analysis import ANALYSIS_VERSION
from index.errors import IndexMismatch, IndexNotBuilt

FORMAT_VERSION = 9
_CURRENT = "current.json"
SearchMode = Literal["exact", "shortlist"]
"""Whether every vector is looked at, or first its sign bits and then those that may be near."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The identity card of a generation."""

    version: str
    """Hash over the notes, the model and the code's versions: equal versions answer alike."""
    model: str
    dimension: int
    format_version: int
    chunker_version: int
    analysis_version: int
    corpus_fingerprint: str
    created_at: str
    pages: int
    chunks: int
    passages: int
    examples: int
    reader: str
    """Version of the code that read the pages."""
    vectors: str
    """Name of the store that holds the vectors, below `vectors` of the data folder."""
    stored_chunks: int
    """Vectors of chunks in the store when this generation was written; later ones are not its own."""
    stored_passages: int
    search: SearchMode
    replaced_terms: int
    """Chunks that are gone and still count in the frequencies of terms."""

    def check(self, *, model: str | None = None) -> None:
        """Refuse what this code can't search. Raises IndexMismatch with the command that mends it."""
        wanted = {
            "format": (self.format_version, FORMAT_VERSION),
            "chunker version": (self.chunker_version, CHUNKER_VERSION),
            "term analysis version": (self.analysis_version, ANALYSIS_VERSION),
            "model": (self.model, model or self.model),
        }
        for what, (built, asked) in wanted.items():
            if built != asked:
                raise IndexMismatch(what, built, asked)

    def write(self, folder: Path) -> None:
        """Write the card into its generation's folder."""
        (folder / "manifest.json").write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")


def current_generation(data_folder: Path) -> Path:
    """Return the folder of the current generation. Raises IndexNotBuilt."""
    try:
        name = json.loads((data_folder / _CURRENT).read_text(encoding="utf-8"))["generation"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexNotBuilt(data_folder) from error
    folder = data_folder / "generations" / str(name)
    if not (folder / "manifest.json").is_file():
        raise IndexNotBuilt(data_folder)
    return folder


def read_manifest(generation: Path) -> Manifest:
    """Read a generation's card; what an older askmd wrote there and nothing reads any more is passed over.

    Raises IndexMismatch when another version of askmd wrote it in another shape, IndexNotBuilt when it can't be read.
    """
    try:
        stored = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
        built_format = stored["format_version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexNotBuilt(generation.parent.parent) from error
    try:
        return Manifest(**{field.name: stored[field.name] for field in fields(Manifest)})
    except KeyError as error:
        raise IndexMismatch("format", built_format, FORMAT_VERSION) from error


def make_current(data_folder: Path, generation: Path) -> None:
    """Point readers at a generation that is complete on disk."""
    aside = data_folder / f".{_CURRENT}.{os.getpid()}"
    try:
        aside.write_text(json.dumps({"generation": generation.name}), encoding="utf-8")
        aside.replace(data_folder / _CURRENT)
    finally:
        aside.unlink(missing_ok=True)

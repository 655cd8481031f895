"""Errors of building and opening an index.

IndexFault
├── IndexNotBuilt      there is no index at the data folder
├── IndexMismatch      the index was built by another model, chunker or format
├── IndexBusy          another process is building into the same data folder
├── IndexNotWritten    the new generation could not be written (disk full, no permission); the old one still stands
├── ModelNotFound      the embedding model is not on this machine
└── RerankerNotFound   the cross-encoder that was set is not on this machine
"""

from __future__ import annotations

from pathlib import Path


class IndexFault(Exception):
    """Base of all errors of this package."""


class IndexNotBuilt(IndexFault):
    """There is no index at the data folder."""

    def __init__(self, data_folder: Path) -> None:
        super().__init__(f"No index at {data_folder}. Build it with: askmd index")
        self.data_folder = data_folder


class IndexMismatch(IndexFault):
    """The index on disk does not fit what would be searched with it."""

    def __init__(self, what: str, built: object, wanted: object) -> None:
        super().__init__(
            f"The index was built with {what} {built}, but {wanted} is asked for. Rebuild it with: askmd index"
        )
        self.what, self.built, self.wanted = what, built, wanted


class IndexBusy(IndexFault):
    """Another process is building into the same data folder."""

    def __init__(self, data_folder: Path) -> None:
        super().__init__(
            f"Another process is building the index at {data_folder}. Wait for it, or name another folder with --data."
        )
        self.data_folder = data_folder


class IndexNotWritten(IndexFault):
    """The new generation could not be written; the one before it is untouched."""

    def __init__(self, data_folder: Path, reason: str) -> None:
        super().__init__(
            f"The index could not be written to {data_folder}: {reason}. The index before it, if any, is untouched."
        )
        self.data_folder = data_folder


class ModelNotFound(IndexFault):
    """The embedding model is neither packaged nor a folder on this machine."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"The model {model!r} can't be loaded: {reason}. Use the packaged all-MiniLM-L6-v2, or the path of a"
            " sentence-transformers folder, in ASKMD_MODEL; set HF_HUB_OFFLINE=0 to let a name be fetched from a hub."
        )
        self.model = model


class RerankerNotFound(IndexFault):
    """The cross-encoder that was set can't be loaded."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"The reranker {model!r} can't be loaded: {reason}. Give the path of a sentence-transformers cross-encoder"
            " in ASKMD_RERANKER, or leave it empty; set HF_HUB_OFFLINE=0 to let a name be fetched from a hub."
        )
        self.model = model

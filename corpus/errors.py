"""Errors of reading notes.

CorpusError
├── NotesNotFound   the folder does not exist or is not a folder
└── NotesEmpty      the folder holds no readable Markdown file

A single page that cannot be used is not an error but a `ReadWarning`: the other pages are still read.
"""

from __future__ import annotations

from pathlib import Path


class CorpusError(Exception):
    """Base of all errors of this package."""


class NotesNotFound(CorpusError):
    """The notes folder does not exist, or is not a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"No notes folder at {folder}. Name a folder of Markdown files with --notes DIR or ASKMD_NOTES."
        )
        self.folder = folder


class NotesEmpty(CorpusError):
    """The notes folder holds no Markdown file that can be read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"No readable Markdown file (*.md, *.markdown, *.mdx) below {folder}.")
        self.folder = folder

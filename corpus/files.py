"""Find the Markdown files of a notes folder and turn their bytes into text.

Only files inside the folder are read: links that lead out of it are left alone. A file that can't be used becomes a
warning, and the others are still read.
"""

from __future__ import annotations

import codecs
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from corpus.document import ReadWarning

SUFFIXES = (".md", ".markdown", ".mdx")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "_build", "site-packages", "venv"})
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def markdown_files(folder: Path, warnings: list[ReadWarning]) -> list[str]:
    """Return the paths of all Markdown files below a folder, sorted; hidden and generated folders are left out."""
    root = folder.resolve()
    found = []
    for path in _named_like_pages(folder):
        name = path.relative_to(folder).as_posix()
        fault = _fault(path, name, root)
        if fault:
            warnings.append(ReadWarning(printable(name), 1, "left out", f"left out: {fault}"))
        else:
            found.append(name)
    return sorted(found)


def _named_like_pages(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if may_hold_notes(name))
        for name in sorted(names):
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(parent, name)


def may_hold_notes(name: str) -> bool:
    """Tell by its name whether a file or folder is neither hidden nor made by a tool."""
    return not name.startswith(".") and name not in _SKIPPED_FOLDERS


def _fault(path: Path, name: str, root: Path) -> str:
    """Say why a file can't be a page of the notes; empty when it can. Opens nothing, so that a pipe does not block."""
    if printable(name) != name:
        return "its name is not UTF-8"
    if any(unicodedata.category(character) == "Cc" for character in name):
        return "its name holds a control character"
    linked = path.is_symlink()
    if not path.is_file():
        return "it is a link to nothing" if linked else "it is not a regular file"
    if linked and not path.resolve().is_relative_to(root):
        return "it is a link that leads out of the notes folder"
    return ""


def printable(name: str) -> str:
    """Return a file's name with bytes that are not UTF-8 shown as `\\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def file_bytes(folder: Path, path: str, max_page_bytes: int, warnings: list[ReadWarning]) -> bytes | None:
    """Return a file's content; None, with a warning, when it is too large or can't be read."""
    try:
        size = (folder / path).stat().st_size
        if size > max_page_bytes:
            message = f"left out: {size:,} bytes is more than the {max_page_bytes:,} allowed (ASKMD_MAX_PAGE_BYTES)"
            warnings.append(ReadWarning(path, 1, "left out", message))
            return None
        return (folder / path).read_bytes()
    except OSError as error:
        message = f"left out: it can't be read ({error.strerror or error})"
        warnings.append(ReadWarning(path, 1, "left out", message))
        return None


def decoded(path: str, data: bytes, warnings: list[ReadWarning]) -> str | None:
    """Return a file's text; None, with a warning, when it is not text."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if b"\0" in data:
            warnings.append(ReadWarning(path, line, "left out", "left out: it is not text"))
            return None
        message = "not UTF-8, read as Windows-1252; save it as UTF-8 to be sure of every character"
        warnings.append(ReadWarning(path, line, "not UTF-8", message))
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        warnings.append(ReadWarning(path, line, "left out", "left out: it is not text"))
        return None
    if not text.strip():
        warnings.append(ReadWarning(path, 1, "empty page", "the page is empty"))
    return text

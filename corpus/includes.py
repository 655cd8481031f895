"""Find where a page takes in text of another file, and that text: MkDocs `--8<--`, `{* file *}` and
`{!file!}`, mdBook `{{#include}}`, GitBook `{% include %}`, Hugo's code samples, MyST's `{literalinclude}`.

Only files inside the notes' folder are read, never hidden ones beside GitBook's own; what is not found is told to who
reads the notes. Included code belongs to the page; an included Markdown file is a page of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from markdown_it.token import Token

from corpus.dialects import attributes_of, tag_name
from corpus.directives import directive_of
from corpus.document import Included
from corpus.files import SUFFIXES, may_hold_notes
from corpus.markdown import ParsedPage, split_lines

MARKS = ("--8<--", "{*", "{!", "#include", "#rustdoc_include", "{%", "{{<", "literalinclude")
LARGEST_BYTES = 1_000_000
MOST_INCLUDES = 1_000
MOST_CHARACTERS = 4_000_000
"""Of all that one page takes in: a line is short, and what it takes in may be a thousand times as long."""
_TARGET = re.compile(r"""^include\s+(?:"([^"]+)"|'([^']+)'|(\S+))\s*(.*)$""")
_FENCE = re.compile(r"^(?:`{3,}|~{3,}|:{3,})\s*\{literalinclude\}\s*(\S+)")
_SAMPLES = frozenset({"code_sample", "codenew", "code", "readfile", "include"})
_RANGE = re.compile(r"^(.+?):(\d{0,9}):(\d{0,9})$")
_SECTION = re.compile(r"^(.+?):([A-Za-z_][\w-]*)$")
_LINES = re.compile(r"\bln\[([\d:,\s]+)\]")
_LINES_BEHIND = re.compile(r"^(.+?)\[ln:(\d{1,9})(?:\.\d+)?-(\d{1,9})[^][]*\]$")


@dataclass(frozen=True, slots=True)
class Include:
    """A line that stands for another file's text; the line counts from 1."""

    line: int
    target: str
    """The file as it is written there."""
    part: str = ""
    """Which part of it is wanted: `2:5`, a section's name, or nothing for all."""


def page_includes(parsed: ParsedPage) -> tuple[Include, ...]:
    """Return the includes of a page in order, those inside code fences too."""
    return tuple(include for token in parsed.tokens for include in token_includes(token))


def token_includes(token: Token) -> Iterator[Include]:
    """Yield the includes of a tag, or of the lines of a fence."""
    if not token.map or token.type not in ("directive", "fence"):
        return
    lines = token.content.split("\n") if token.type == "fence" else [token.content]
    first = token.map[0] + (2 if token.type == "fence" else 1)
    if token.type == "fence" and "literalinclude" in token.info:
        lines, first = [f"```{token.info.strip()}"], token.map[0] + 1
    for number, line in enumerate(lines, start=first):
        # Templates that a fence shows are code, not includes.
        if (token.type == "directive" or not line.lstrip().startswith("{%")) and (include := include_of(number, line)):
            yield include


def include_of(number: int, line: str) -> Include | None:
    """Return the include that a line is, or None."""
    line = line.strip()
    if fence := _FENCE.match(line):
        return Include(number, fence[1])
    tag = directive_of(line.lstrip("/#; "))
    if tag is None:
        return None
    dialect, info = tag
    if dialect == "hugo":
        name = attributes_of(info).get("file", "") if tag_name(info) in _SAMPLES else ""
        return Include(number, name) if name else None
    match = _TARGET.match(info)
    return _parted(number, match[1] or match[2] or match[3], match[4]) if match else None


def _parted(number: int, target: str, options: str) -> Include:
    if match := (_RANGE.match(target) or _LINES_BEHIND.match(target)):
        return Include(number, match[1], f"{match[2]}:{match[3]}")
    if (match := _SECTION.match(target)) and "//" not in target:
        return Include(number, match[1], match[2])
    lines = _LINES.search(options)
    numbers = re.findall(r"\d{1,9}", lines[1]) if lines else []
    return Include(number, target, f"{min(map(int, numbers))}:{max(map(int, numbers))}" if numbers else "")


def included_files(folder: Path, path: str, text: str) -> tuple[Included, ...]:
    """Return what the lines of a page include, as far as it is found inside the folder and is not too much."""
    if not any(mark in text for mark in MARKS):
        return ()
    files, found, left = _Files(folder), [], MOST_CHARACTERS
    for include in islice(_line_includes(text), MOST_INCLUDES):
        included = files.take(path, include)
        left -= len(included.text) if included else 0
        if left < 0:
            break
        found += [included] if included else []
    return tuple(found)


def _line_includes(text: str) -> Iterator[Include]:
    for number, line in enumerate(split_lines(text), start=1):
        if any(mark in line for mark in MARKS) and (include := include_of(number, line)):
            yield include


class _Files:
    """The files that one page takes in, each read once, and no more of them than a page may take in."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._root = folder, folder.resolve()
        self._lines: dict[str, tuple[str, ...]] = {}
        self._left = MOST_CHARACTERS

    def take(self, path: str, include: Include) -> Included | None:
        """Return what the page at `path` takes in; None when it is not there, or too large."""
        for place in _places(path, include.target):
            if place not in self._lines:
                self._lines[place] = self._read(place)
            if lines := self._lines[place]:
                part = _part(lines, include.part)
                return Included(include.line, place, *part) if part else None
        return None

    def _read(self, place: str) -> tuple[str, ...]:
        try:
            file = (self._folder / place).resolve()
            if not (_is_open(file, self._root) and file.is_file() and file.stat().st_size <= LARGEST_BYTES):
                return ()
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return ()
        self._left -= len(text)
        return split_lines(text) if self._left >= 0 else ()


def _places(path: str, target: str) -> Iterator[str]:
    """Yield where a file may be: from the page's folder and each folder above it; publishing tools differ in that."""
    bases = [str(parent) for parent in PurePosixPath(path).parents]
    inside = re.sub(r"^(?:\.{0,2}/)+", "", target)
    for base in [*bases, "examples"]:
        yield from _allowed(posixpath.normpath(posixpath.join(base, target.lstrip("/"))))
    yield from _allowed(posixpath.normpath(inside))


def _allowed(place: str) -> Iterator[str]:
    parts = PurePosixPath(place).parts
    if parts and ".." not in parts and _may_be_read(parts):
        yield place


def _is_open(file: Path, root: Path) -> bool:
    """Tell whether a place, its links followed, is in the folder and not hidden there."""
    return file.is_relative_to(root) and _may_be_read(file.relative_to(root).parts)


def _may_be_read(parts: Sequence[str]) -> bool:
    return all(part == ".gitbook" or may_hold_notes(part) for part in parts)


def _part(lines: tuple[str, ...], part: str) -> tuple[int, int, str] | None:
    """Return first line, last line and text of a part; None when the file has no such part."""
    first, last = 1, len(lines)
    if ":" in part:
        start, _, end = part.partition(":")
        first, last = max(int(start or 1), 1), min(int(end or last), last)
    elif part:
        marks = [number for number, line in enumerate(lines, start=1) if _is_mark(line, part)]
        first, last = (marks[0] + 1, marks[1] - 1) if len(marks) > 1 else (1, 0)
    text = "".join(lines[first - 1 : last])
    return (first, last, text) if text.strip() else None


def _is_mark(line: str, name: str) -> bool:
    return bool(re.search(rf"(?:\[(?:start|end):\s*|ANCHOR(?:_END)?:\s*){re.escape(name)}\b", line))


def is_page(path: str) -> bool:
    """Tell whether an included file is Markdown, which is read as a page of its own."""
    return path.lower().endswith(SUFFIXES)


def is_hidden(path: str) -> bool:
    """Tell whether an included file stands in a folder that is not searched for pages."""
    return not all(map(may_hold_notes, PurePosixPath(path).parts))

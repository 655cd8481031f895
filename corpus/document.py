"""The located value objects that every later step passes on.

Whatever came from a file carries its `path` (POSIX, relative to the notes folder) and its lines (1-based, inclusive)
and prints as `path:start-end`; that string is the citation, the log line and the test id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Included:
    """Lines of another file that stand for one line of a page."""

    line: int
    """The page's line, from 1."""
    path: str
    start_line: int
    end_line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file of the notes, as decoded; `text` is never altered, so that line numbers hold."""

    path: str
    title: str
    text: str
    description: str = ""
    order: int = 0
    groups: tuple[str, ...] = ()
    """Headings of the table of contents that the page stands under."""
    includes: tuple[Included, ...] = ()
    """What its lines take in of other files; known only while notes are read."""

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text below it, up to the next heading of any level."""

    path: str
    headings: tuple[str, ...]
    """Breadcrumb from the page's title down to this heading."""
    anchor: str
    level: int
    start_line: int
    end_line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is embedded, searched and shown as an excerpt: whole blocks of one section."""

    path: str
    headings: tuple[str, ...]
    anchor: str
    start_line: int
    end_line: int
    text: str
    """Verbatim: the file's own characters between the two lines (without the last line's end)."""
    plain: str
    """The same with its markup resolved to words: what the model and the lexical index read."""
    id: str
    """Hash of path, place and content; stable while the chunk is unchanged."""

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


PassageKind = Literal["sentence", "item", "list", "row", "definition", "code", "heading"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece that can be an answer or part of one: a sentence, a list item, a table row, a code line."""

    chunk: int
    """Position of the chunk that holds it, in the document's `chunks`."""
    path: str
    start_line: int
    end_line: int
    text: str
    """Readable text, markup resolved except inline code's backticks."""
    kind: PassageKind = "sentence"

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class ExpectedOutput:
    """What the notes say that an example prints, and where they say it."""

    text: str
    start_line: int
    end_line: int
    style: Literal["fence", "comment", "block_comment", "doctest"]


@dataclass(frozen=True, slots=True)
class Example:
    """A code block of the notes."""

    path: str
    headings: tuple[str, ...]
    anchor: str
    start_line: int
    """First line of the code itself, not of its fence."""
    end_line: int
    language: str
    """Canonical name (`python`, `javascript`, …) or the word of the fence, lower case; empty when it has none."""
    code: str
    """Verbatim code, ending in a newline."""
    id: str
    """Content hash over path, language, code and, for a block that a page repeats, which repetition it is."""
    title: str = ""
    expected: ExpectedOutput | None = None
    annotations: dict[str, str] = field(default_factory=dict)
    """From the info string or a comment before the block: `no-run`, `expect-error`, `group`, `timeout`, `clock`, …"""
    origin: str = ""
    """Where the code really stands, `path:start-end`, when the page includes it from another file."""

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}-{self.end_line}"


WarningKind = Literal["left out", "not UTF-8", "empty page", "front matter", "never closed", "missing include"]


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something in the notes that could not be used as it stands; the rest of the notes is not affected."""

    path: str
    line: int
    kind: WarningKind
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """A page and all that was read off it."""

    page: Page
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
    passages: tuple[Passage, ...]
    examples: tuple[Example, ...]
    links: tuple[str, ...] = ()
    """Addresses that the page links to, as written."""
    warnings: tuple[ReadWarning, ...] = ()

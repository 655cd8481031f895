"""Read a folder of Markdown files as pages, in the order that a reader would take them.

The order and the groups come from a GitBook `SUMMARY.md` where there is one, else from the paths. Only files inside
the folder are read: links that lead out of it are left alone. A file that can't be used becomes a warning, and the
others are still read.
"""

from __future__ import annotations

import codecs
import hashlib
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from markdown_it.token import Token

from corpus.dialects import heading_parts
from corpus.document import Page, ReadWarning
from corpus.errors import NotesEmpty, NotesNotFound
from corpus.markdown import ParsedPage, parse_page
from corpus.matter import front_matter
from corpus.plain import inline_text

SUFFIXES = (".md", ".markdown", ".mdx")
DEFAULT_MAX_PAGE_BYTES = 10_000_000
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "_build", "site-packages"})
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Corpus:
    """All pages of a notes folder, with what could not be read."""

    pages: tuple[Page, ...]
    warnings: tuple[ReadWarning, ...]
    fingerprint: str
    """Hash over paths and contents: equal fingerprints mean equal notes."""


@dataclass(frozen=True, slots=True)
class _Place:
    order: int
    title: str
    groups: tuple[str, ...]


def read_corpus(folder: Path, *, max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES) -> Corpus:
    """Read every Markdown file below a folder. Raises NotesNotFound or NotesEmpty."""
    if not folder.is_dir():
        raise NotesNotFound(folder)
    warnings: list[ReadWarning] = []
    texts = {}
    for path in _markdown_files(folder, warnings):
        text = _read(folder, path, max_page_bytes, warnings)
        if text is not None:
            texts[path] = text
    if not texts:
        raise NotesEmpty(folder)
    summary = texts.pop("SUMMARY.md", None) if len(texts) > 1 else None
    places = _summary_places(summary) if summary is not None else {}
    return Corpus(pages_of(texts, places), tuple(warnings), _fingerprint(texts, summary))


def pages_of(texts: Mapping[str, str], places: Mapping[str, _Place] | None = None) -> tuple[Page, ...]:
    """Make pages from path and text, in reading order."""
    places = places or {}
    last = len(places)
    ordered = sorted(texts, key=lambda path: (places[path].order if path in places else last, _path_order(path)))
    return tuple(_page(path, texts[path], order, places.get(path)) for order, path in enumerate(ordered))


def _markdown_files(folder: Path, warnings: list[ReadWarning]) -> list[str]:
    root = folder.resolve()
    found = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") or part in _SKIPPED_FOLDERS for part in relative.parts)
        if path.suffix.lower() not in SUFFIXES or hidden or path.is_dir():
            continue
        name = relative.as_posix()
        fault = _fault(path, name, root)
        if fault:
            warnings.append(ReadWarning(printable(name), 1, f"left out: {fault}"))
        else:
            found.append(name)
    return sorted(found)


def _fault(path: Path, name: str, root: Path) -> str:
    """Say why a file can't be a page of the notes; empty when it can. Opens nothing, so that a pipe does not block."""
    if printable(name) != name:
        return "its name is not UTF-8"
    if not path.is_file():
        return "it is a link to nothing" if path.is_symlink() else "it is not a regular file"
    return "" if path.resolve().is_relative_to(root) else "it is a link that leads out of the notes folder"


def printable(name: str) -> str:
    """Return a file's name with bytes that are not UTF-8 shown as `\\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _read(folder: Path, path: str, max_page_bytes: int, warnings: list[ReadWarning]) -> str | None:
    try:
        size = (folder / path).stat().st_size
        if size > max_page_bytes:
            message = f"left out: {size:,} bytes is more than the {max_page_bytes:,} allowed (ASKMD_MAX_PAGE_BYTES)"
            warnings.append(ReadWarning(path, 1, message))
            return None
        return _decode(path, (folder / path).read_bytes(), warnings)
    except OSError as error:
        warnings.append(ReadWarning(path, 1, f"left out: it can't be read ({error.strerror or error})"))
        return None


def _decode(path: str, data: bytes, warnings: list[ReadWarning]) -> str | None:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if b"\0" in data:
            warnings.append(ReadWarning(path, line, "left out: it is not text"))
            return None
        warnings.append(
            ReadWarning(path, line, "not UTF-8, read as Windows-1252; save it as UTF-8 to be sure of every character")
        )
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        warnings.append(ReadWarning(path, text.count("\n", 0, text.index("\0")) + 1, "left out: it is not text"))
        return None
    if not text.strip():
        warnings.append(ReadWarning(path, 1, "the page is empty"))
    return text


def _page(path: str, text: str, order: int, place: _Place | None) -> Page:
    parsed = parse_page(Page(path, "", text[:20_000]))
    matter = front_matter(parsed)
    title = matter.get("title") or _first_heading(parsed) or (place.title if place else "") or _title_from_path(path)
    return Page(path, title, text, matter.get("description", ""), order, place.groups if place else ())


def _first_heading(parsed: ParsedPage) -> str:
    for token, content in zip(parsed.tokens, parsed.tokens[1:], strict=False):
        if token.type == "heading_open" and token.tag == "h1":
            return " ".join(heading_parts(inline_text(content.children))[0].replace("`", "").split())
    return ""


def _title_from_path(path: str) -> str:
    parts = PurePosixPath(path)
    stem = (
        parts.parent.name if parts.stem.lower() in ("readme", "index", "_index") and parts.parent.name else parts.stem
    )
    words = stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or path


def _path_order(path: str) -> tuple[object, ...]:
    """Sort a folder's own page before its other pages, and those before its subfolders."""
    parts = PurePosixPath(path)
    first = parts.stem.lower() in ("readme", "index", "_index")
    return (parts.parent.parts, not first, parts.name)


def _summary_places(summary: str) -> dict[str, _Place]:
    """Read a table of contents: headings are groups, links are pages in order."""
    places: dict[str, _Place] = {}
    group: tuple[str, ...] = ()
    tokens = parse_page(Page("SUMMARY.md", "", summary)).tokens
    for previous, token in pairwise(tokens):
        if token.type != "inline":
            continue
        if previous.type == "heading_open":
            group = (heading_parts(inline_text(token.children))[0],) if previous.tag != "h1" else ()
            continue
        for path, title in _links(token.children or []):
            places.setdefault(path, _Place(len(places), title, group))
    return places


def _links(children: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the path that each link names, from the notes folder on, and its words."""
    for i, child in enumerate(children):
        if child.type == "link_open":
            end = next(j for j in range(i, len(children)) if children[j].type == "link_close")
            path = unquote(str(child.attrGet("href") or "").partition("#")[0]).lstrip("/")
            yield posixpath.normpath(path), inline_text(children[i + 1 : end]).replace("`", "")


def _fingerprint(texts: Mapping[str, str], summary: str | None) -> str:
    digest = hashlib.sha256((summary or "").encode("utf-8", "surrogatepass"))
    for path, text in sorted(texts.items()):
        digest.update(f"{len(path)}:{path}{len(text)}:".encode())
        digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

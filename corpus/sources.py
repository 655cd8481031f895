"""Read a folder of Markdown files as pages, in the order that a reader would take them.

Large notes are not held in memory: a scan gives each page's digest, and a page is read when it is wanted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from corpus.dialects import heading_parts
from corpus.document import Page, ReadWarning
from corpus.errors import NotesEmpty, NotesNotFound
from corpus.files import decoded, file_bytes, markdown_files
from corpus.includes import included_files, is_hidden, is_page
from corpus.markdown import ParsedPage, parse_page
from corpus.matter import front_matter
from corpus.plain import inline_text
from corpus.reading_order import (
    INDEX_NAMES,
    Place,
    folder_weight,
    in_order,
    navigation_places,
    page_weight,
    summary_places,
)

DEFAULT_MAX_PAGE_BYTES = 10_000_000
_SUMMARY = "SUMMARY.md"


@dataclass(frozen=True, slots=True)
class Source:
    """A page that is not read yet."""

    path: str
    digest: str
    """Hash of all that the page's content, title and groups depend on."""
    read: Callable[[], Page | None] = field(compare=False, repr=False)
    """Read it now; None when it has gone since."""


@dataclass(frozen=True, slots=True)
class Notes:
    """All pages of a notes folder in reading order, not read yet, with what can't be read."""

    sources: tuple[Source, ...]
    warnings: tuple[ReadWarning, ...]

    @property
    def fingerprint(self) -> str:
        """Hash over paths, order and contents: equal fingerprints mean equal notes."""
        lines = (f"{source.path}\0{source.digest}\n" for source in self.sources)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pages in memory, with what could not be read."""

    pages: tuple[Page, ...]
    warnings: tuple[ReadWarning, ...]
    fingerprint: str
    """Hash over paths and contents: equal fingerprints mean equal notes."""

    def notes(self) -> Notes:
        """Return the pages as sources."""
        sources = tuple(Source(page.path, _page_digest(page), partial(_same, page)) for page in self.pages)
        return Notes(sources, self.warnings)


def scan_notes(folder: Path, *, max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES) -> Notes:
    """Look at every Markdown file below a folder. Raises NotesNotFound or NotesEmpty.

    Every file is read to be sure of its digest: 13,000 pages take a second, and no change of a file can hide.
    """
    if not folder.is_dir():
        raise NotesNotFound(folder)
    scan = _Scan(folder, max_page_bytes)
    for path in markdown_files(folder, scan.warnings):
        scan.look_at(path)
    if not scan.digests:
        raise NotesEmpty(folder)
    places = scan.places()
    return Notes(tuple(_sources(scan, places)), tuple(scan.warnings))


class _Scan:
    """What is known of a folder's pages before they are read."""

    def __init__(self, folder: Path, max_page_bytes: int) -> None:
        self.folder = folder
        self.max_page_bytes = max_page_bytes
        self.warnings: list[ReadWarning] = []
        self.digests: dict[str, bytes] = {}
        self.weights: dict[str, float] = {}
        self._summary: str | None = None

    def look_at(self, path: str) -> None:
        """Take a page in, and the pages that it includes."""
        data = file_bytes(self.folder, path, self.max_page_bytes, self.warnings)
        text = decoded(path, data, self.warnings) if data is not None else None
        if data is None or text is None:
            return
        includes = included_files(self.folder, path, text)
        digest = hashlib.sha256(data + "".join(map(repr, includes)).encode("utf-8", "surrogatepass"))
        self.digests[path] = digest.digest()
        self._summary = text if path == _SUMMARY else self._summary
        for place, weight in page_weight(path, text):
            self.weights.setdefault(place, weight)
        # GitBook keeps what its pages share in a hidden folder.
        for included in includes:
            if is_page(included.path) and is_hidden(included.path) and included.path not in self.digests:
                self.look_at(included.path)

    def places(self) -> dict[str, Place]:
        """Return what the table of contents says; a SUMMARY.md is no page beside other pages."""
        if self._summary is not None and len(self.digests) > 1:
            del self.digests[_SUMMARY]
            return summary_places(self._summary)
        for parent in {folder for path in self.digests for folder in PurePosixPath(path).parents}:
            weight = folder_weight(self._small_file(parent / "_category_.json"))
            if weight is not None:
                self.weights[str(parent)] = weight
        navigation = self._small_file("mkdocs.yml") or self._small_file("mkdocs.yaml")
        return navigation_places(navigation.decode("utf-8", "replace")) if navigation else {}

    def _small_file(self, name: PurePosixPath | str) -> bytes:
        place = self.folder / name
        if not place.is_file() or place.is_symlink():
            return b""
        return file_bytes(self.folder, str(name), self.max_page_bytes, self.warnings) or b""


def read_corpus(folder: Path, *, max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES) -> Corpus:
    """Read every Markdown file below a folder into memory. Raises NotesNotFound or NotesEmpty."""
    notes = scan_notes(folder, max_page_bytes=max_page_bytes)
    pages = tuple(page for source in notes.sources if (page := source.read()) is not None)
    return Corpus(pages, notes.warnings, notes.fingerprint)


def pages_of(texts: Mapping[str, str]) -> tuple[Page, ...]:
    """Make pages from path and text, in reading order."""
    return tuple(_page(path, texts[path], order, None) for order, path in enumerate(in_order(texts, {}, {})))


def _sources(scan: _Scan, places: Mapping[str, Place]) -> Iterator[Source]:
    for order, path in enumerate(in_order(scan.digests, places, scan.weights)):
        place = places.get(path)
        named = repr((place.title, place.groups)) if place else ""
        digest = hashlib.sha256(scan.digests[path] + named.encode("utf-8", "surrogatepass")).hexdigest()
        yield Source(path, digest, partial(_read_page, scan.folder, scan.max_page_bytes, path, order, place))


def _read_page(folder: Path, max_page_bytes: int, path: str, order: int, place: Place | None) -> Page | None:
    told: list[ReadWarning] = []  # the scan told them already
    data = file_bytes(folder, path, max_page_bytes, told)
    text = decoded(path, data, told) if data is not None else None
    if text is None:
        return None
    return replace(_page(path, text, order, place), includes=included_files(folder, path, text))


def _page_digest(page: Page) -> str:
    content = repr((page.text, page.title, page.description, page.groups))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _same(page: Page) -> Page:
    return page


def _page(path: str, text: str, order: int, place: Place | None) -> Page:
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
    stem = parts.parent.name if parts.stem.lower() in INDEX_NAMES and parts.parent.name else parts.stem
    words = stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or path

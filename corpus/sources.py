"""Read a folder of Markdown files as pages, in the order that a reader would take them.

The order and the groups come from a GitBook `SUMMARY.md` where there is one, else from the paths. Large notes are not
held in memory: a scan gives each page's digest, and a page is read when it is wanted.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from markdown_it.token import Token

from corpus.dialects import heading_parts
from corpus.document import Page, ReadWarning
from corpus.errors import NotesEmpty, NotesNotFound
from corpus.files import decoded, file_bytes, markdown_files
from corpus.markdown import ParsedPage, parse_page
from corpus.matter import front_matter
from corpus.plain import inline_text

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


@dataclass(frozen=True, slots=True)
class _Place:
    order: int
    title: str
    groups: tuple[str, ...]


def scan_notes(folder: Path, *, max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES) -> Notes:
    """Look at every Markdown file below a folder. Raises NotesNotFound or NotesEmpty.

    Every file is read to be sure of its digest: 13,000 pages take a second, and no change of a file can hide.
    """
    if not folder.is_dir():
        raise NotesNotFound(folder)
    warnings: list[ReadWarning] = []
    digests: dict[str, bytes] = {}
    summary = None
    for path in markdown_files(folder, warnings):
        data = file_bytes(folder, path, max_page_bytes, warnings)
        text = decoded(path, data, warnings) if data is not None else None
        if data is None or text is None:
            continue
        digests[path] = hashlib.sha256(data).digest()
        summary = text if path == _SUMMARY else summary
    if not digests:
        raise NotesEmpty(folder)
    if summary is not None and len(digests) > 1:
        del digests[_SUMMARY]
    else:
        summary = None
    places = _summary_places(summary) if summary is not None else {}
    read = partial(_read_page, folder, max_page_bytes)
    return Notes(tuple(_sources(digests, places, read)), tuple(warnings))


def read_corpus(folder: Path, *, max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES) -> Corpus:
    """Read every Markdown file below a folder into memory. Raises NotesNotFound or NotesEmpty."""
    notes = scan_notes(folder, max_page_bytes=max_page_bytes)
    pages = tuple(page for source in notes.sources if (page := source.read()) is not None)
    return Corpus(pages, notes.warnings, notes.fingerprint)


def pages_of(texts: Mapping[str, str], places: Mapping[str, _Place] | None = None) -> tuple[Page, ...]:
    """Make pages from path and text, in reading order."""
    places = places or {}
    ordered = _in_order(texts, places)
    return tuple(_page(path, texts[path], order, places.get(path)) for order, path in enumerate(ordered))


def _sources(
    digests: Mapping[str, bytes], places: Mapping[str, _Place], read: Callable[[str, int, _Place | None], Page | None]
) -> Iterator[Source]:
    for order, path in enumerate(_in_order(digests, places)):
        place = places.get(path)
        named = repr((place.title, place.groups)) if place else ""
        digest = hashlib.sha256(digests[path] + named.encode("utf-8", "surrogatepass")).hexdigest()
        yield Source(path, digest, partial(read, path, order, place))


def _in_order(paths: Iterable[str], places: Mapping[str, _Place]) -> list[str]:
    last = len(places)
    return sorted(paths, key=lambda path: (places[path].order if path in places else last, _path_order(path)))


def _read_page(folder: Path, max_page_bytes: int, path: str, order: int, place: _Place | None) -> Page | None:
    told: list[ReadWarning] = []  # the scan told them already
    data = file_bytes(folder, path, max_page_bytes, told)
    text = decoded(path, data, told) if data is not None else None
    return None if text is None else _page(path, text, order, place)


def _page_digest(page: Page) -> str:
    content = repr((page.text, page.title, page.description, page.groups))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _same(page: Page) -> Page:
    return page


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

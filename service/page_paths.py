"""Which page of the notes an address means; pages come from the index, so no address can reach another file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from corpus.document import Page

_PAGE_SUFFIXES = (".md", ".markdown", ".mdx")
_LANDING = ("readme", "index")


class PagePaths:
    """The addresses of all pages of one index generation."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Note every address of every page; where two pages claim one, the plainer claim wins."""
        self._page_by_name: dict[str, Page] = {}
        self._path_by_address: dict[str, str] = {}
        for page in pages:
            self._page_by_name.setdefault(stem(page.path).casefold(), page)
            self._page_by_name.setdefault(page.title.casefold(), page)
        for claims in (_plain_addresses, _landing_addresses):
            for page in pages:
                for address in claims(page.path):
                    self._path_by_address.setdefault(address, page.path)

    def resolve(self, address: str) -> str | None:
        """Return the path of the page at `guide/tasks`, `guide/tasks.md` or `guide` (its README), or None."""
        address = address.strip("/")
        return self._path_by_address.get(address) or self._path_by_address.get(address.casefold())

    def named(self, name: str) -> str | None:
        """Return the path of the page with this title or path, as `[[name]]` links to it, or None."""
        page = self._page_by_name.get(stem(name).casefold())
        return page.path if page else None

    def nearest(self, address: str, count: int = 5) -> tuple[Page, ...]:
        """Return the pages whose path or title is most like the address, the most like first."""
        whole = stem(address.strip("/")).casefold()
        last = whole.rpartition("/")[2].replace("-", " ")
        scored: dict[str, float] = {}
        for wanted in (whole, last):
            for name in difflib.get_close_matches(wanted, self._page_by_name, n=2 * count, cutoff=0.4):
                likeness = difflib.SequenceMatcher(None, wanted, name).ratio()
                path = self._page_by_name[name].path
                scored[path] = max(likeness, scored.get(path, 0.0))
        by_path = {page.path: page for page in self._page_by_name.values()}
        return tuple(by_path[path] for path in sorted(scored, key=lambda path: -scored[path])[:count])


def address_of(path: str) -> str:
    """Return the address (`/guide/tasks`) that a page's HTML stands at; with `.md` added it gives its Markdown."""
    return f"/{stem(path)}"


def markdown_address(path: str) -> str:
    """Return the address, percent-encoded, that a page's Markdown stands at: `/guide/tasks.md`."""
    return quote(f"{address_of(path)}.md")


def stem(path: str) -> str:
    """Return the path without the suffix of a Markdown file."""
    for suffix in _PAGE_SUFFIXES:
        if path.lower().endswith(suffix):
            return path[: -len(suffix)]
    return path


def _plain_addresses(path: str) -> Iterator[str]:
    for address in (path, stem(path), f"{stem(path)}.md"):
        yield address
        yield address.casefold()


def _landing_addresses(path: str) -> Iterator[str]:
    """Give the addresses of the folder that the page is the landing page of, if it is one."""
    page = PurePosixPath(stem(path).casefold())
    if page.name not in _LANDING:
        return
    folder = "" if page.parent == PurePosixPath(".") else str(page.parent)
    yield folder
    yield from (f"{folder}/{name}{suffix}".lstrip("/") for name in _LANDING for suffix in ("", ".md"))
    if folder:
        yield f"{folder}.md"

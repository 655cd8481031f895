"""Follow the links between pages: which page does a link mean, and how many pages point to each.

A page that many others link to is where its subject is explained, so search takes the count as a prior. Links are
written in many ways (`../tasks.md`, `/docs/tasks/`, `[[Tasks]]`), and a published site may add a prefix to its
paths: the longest ending that names a page wins.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from corpus.dialects import attributes_of, tag_name
from corpus.document import Document
from corpus.markdown import ParsedPage

_HTML_LINK = re.compile(r"""<a\s[^<>]*?\bhref=["']([^"'#]{1,2000})""", re.IGNORECASE)
_WIKILINK = re.compile(r"(?<!!)\[\[([^\[\]|#\n]{1,200})")
_INDEX_NAMES = frozenset({"index", "_index", "readme"})
_LONGEST_PREFIX = 3
"""How many leading folders of a link may be a site's prefix rather than the notes' own."""


def page_links(parsed: ParsedPage) -> tuple[str, ...]:
    """Return the addresses that a page links to, as written, without repetition."""
    found: dict[str, None] = {}
    for token in parsed.tokens:
        found.update(dict.fromkeys(_token_links(token)))
    return tuple(found)


def _token_links(token: Token) -> Iterable[str]:
    if token.type == "inline":
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrGet("href") or "")
            elif child.type == "html_inline":
                yield from _HTML_LINK.findall(child.content)
        yield from _WIKILINK.findall(token.content)
    elif token.type == "html_block":
        yield from _HTML_LINK.findall(token.content)
    elif token.type == "directive" and tag_name(token.info) == "content-ref":
        yield attributes_of(token.info).get("url", "")


class PageNames:
    """Finds the pages that links mean. Pages are numbered as their paths are given; an empty path is no page."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._rows: dict[str, int] = {}
        for row, path in enumerate(paths):
            if path:
                key = _page_key(path)
                self._rows.setdefault(key, row)
                self._rows.setdefault(key.rpartition("/")[2], row)

    def targets(self, row: int, path: str, links: Iterable[str]) -> set[int]:
        """Return the other pages that a page's links mean. The home page is left out: every page links home."""
        found = {_target(link, path, self._rows) for link in links}
        return {target for target in found if target is not None} - {row, self._rows.get("")}


def count_links(documents: Sequence[Document]) -> list[int]:
    """Return for each document how many other pages link to it."""
    names = PageNames(document.page.path for document in documents)
    counts = [0] * len(documents)
    for row, document in enumerate(documents):
        for target in names.targets(row, document.page.path, document.links):
            counts[target] += 1
    return counts


def _target(link: str, path: str, rows: dict[str, int]) -> int | None:
    try:
        place = unquote(urlsplit(link).path)
    except ValueError:
        return None
    if not place:
        return None
    base = "" if place.startswith("/") else posixpath.dirname(path)
    key = _page_key(posixpath.normpath(posixpath.join(base, place.lstrip("/"))).lstrip("./"))
    parts = key.split("/")
    endings = ("/".join(parts[start:]) for start in range(min(_LONGEST_PREFIX + 1, len(parts))))
    return next((rows[ending] for ending in endings if ending in rows), None)


def _page_key(path: str) -> str:
    """Return a page's path as links name it: lower case, no suffix, a folder's own page as the folder."""
    place = PurePosixPath(path.lower())
    if place.suffix in (".md", ".mdx", ".markdown", ".html", ".rst"):
        place = place.with_suffix("")
    key = str(place.parent if place.name in _INDEX_NAMES else place)
    return "" if key == "." else key

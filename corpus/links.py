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


def link_keys(path: str, links: Iterable[str]) -> tuple[str, ...]:
    """Return what a page's links name, without repetition. Which pages these are depends on the other pages."""
    keys = (_link_key(link, path) for link in links)
    return tuple(dict.fromkeys(key for key in keys if key is not None))


def count_links(paths: Sequence[str], keys_of_pages: Iterable[Iterable[str]]) -> list[int]:
    """Return for each page how many other pages link to it. Links to the home page don't count: every page has one."""
    rows: dict[str, int] = {}
    for row, path in enumerate(paths):
        key = _page_key(path)
        rows.setdefault(key, row)
        rows.setdefault(key.rpartition("/")[2], row)
    counts = [0] * len(paths)
    for row, keys in enumerate(keys_of_pages):
        for target in {_target(key, rows) for key in keys} - {None, row, rows.get("")}:
            if target is not None:
                counts[target] += 1
    return counts


def _link_key(link: str, path: str) -> str | None:
    try:
        place = unquote(urlsplit(link).path)
    except ValueError:
        return None
    if not place:
        return None
    base = "" if place.startswith("/") else posixpath.dirname(path)
    return _page_key(posixpath.normpath(posixpath.join(base, place.lstrip("/"))).lstrip("./"))


def _target(key: str, rows: dict[str, int]) -> int | None:
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

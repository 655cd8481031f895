"""Lay a page of the notes out as an HTML document: its text made safe, the list of pages, and a box to ask from.

The notes' text is data: `page_body` sanitises it, and everything else that comes from the notes is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from urllib.parse import quote

from corpus.document import Example, Page
from service.page_body import page_body
from service.page_paths import address_of

NavigationEntry = tuple[str, str, str]
"""Title, address and group (empty for none) of a page; pages of one group stand next to each other."""

_TEMPLATE = Path(__file__).parent / "templates" / "page.html"


def render_page(page: Page, *, navigation: Sequence[NavigationEntry] = (), examples: Sequence[Example] = ()) -> str:
    """Return the whole HTML document of a page. It takes CPU time as the text is long: call it off the event loop."""
    address = quote(address_of(page.path))
    return _template().substitute(
        title=escape(page.title),
        description=escape(page.description),
        path=escape(page.path),
        markdown_address=escape(f"{address}.md"),
        breadcrumb=_breadcrumb_html(page.groups),
        navigation=_navigation_html(navigation, address),
        body=page_body(page, examples),
    )


@cache
def _template() -> Template:
    return Template(_TEMPLATE.read_text(encoding="utf-8"))


def _breadcrumb_html(groups: Sequence[str]) -> str:
    return f'<p class="breadcrumb">{" › ".join(map(escape, groups))}</p>' if groups else ""


def _navigation_html(navigation: Sequence[NavigationEntry], current: str) -> str:
    if not navigation:
        return ""
    groups = groupby(navigation, key=lambda entry: entry[2])
    lists = [_group_html(group, list(entries), current) for group, entries in groups]
    return f'<nav aria-label="Pages">{"".join(lists)}</nav>'


def _group_html(group: str, entries: Sequence[NavigationEntry], current: str) -> str:
    heading = f"<h2>{escape(group)}</h2>" if group else ""
    return f"{heading}<ul>{''.join(_entry_html(title, url, current) for title, url, _ in entries)}</ul>"


def _entry_html(title: str, url: str, current: str) -> str:
    address = quote(url, safe="/#?=&%")
    mark = ' aria-current="page"' if address == current else ""
    return f'<li><a href="{escape(address)}"{mark}>{escape(title)}</a></li>'

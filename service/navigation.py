"""The list of pages beside a page, in reading order: all of few pages; of many, those around it and a way to each part.

A list of thousands would outweigh every page that it stands on.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Page
from service.page_paths import address_of
from service.rendering import NavigationEntry

MOST_PAGES = 120
NEAR = 30
"""Pages that are listed before and after the page where the pages are many."""
MOST_PARTS = 40
ALL_PAGES: NavigationEntry = ("All pages", "/sitemap.md", "")


def navigation(pages: Sequence[Page], path: str) -> list[NavigationEntry]:
    """List pages for the page at `path`."""
    if len(pages) <= MOST_PAGES:
        return [_entry(page) for page in pages]
    here = next((row for row, page in enumerate(pages) if page.path == path), 0)
    near = range(max(0, here - NEAR), min(len(pages), here + NEAR + 1))
    shown = sorted({*near, *_first_of_parts(pages)[:MOST_PARTS]})
    return [*(_entry(pages[row]) for row in shown), ALL_PAGES]


def _first_of_parts(pages: Sequence[Page]) -> list[int]:
    """Return the first page of each group of the outermost level."""
    first: dict[str, int] = {}
    for row, page in enumerate(pages):
        first.setdefault(page.groups[0] if page.groups else "", row)
    return list(first.values())


def _entry(page: Page) -> NavigationEntry:
    return page.title, address_of(page.path), page.groups[-1] if page.groups else ""

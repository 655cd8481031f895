"""Lists of all pages: llms.txt for agents, cut into files that an agent reads whole, and site maps.

Titles and descriptions come from the notes, so they are escaped like everything else that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import PurePosixPath
from xml.sax.saxutils import escape

import numpy as np

from corpus.document import Page
from index.store import Index
from service.markdown_answer import inline, shortened
from service.page_paths import markdown_address

LONGEST_FILE = 50_000
"""Characters of a list that agents are known to read whole."""
UNGROUPED = "Pages"
DEEPEST_FOLDERS = 2
_HEAD_ROOM = 5_000
"""Of a file, for its head."""
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in a list."""

    title: str
    path: str
    description: str
    group: str

    def line(self, site: str) -> str:
        """Write the entry as a list item with a link to the page's Markdown."""
        about = f": {inline(shortened(self.description))}" if self.description else ""
        return f"- [{inline(shortened(self.title))}]({site}{markdown_address(self.path)}){about}"


@dataclass(frozen=True, slots=True)
class Contents:
    """All pages in reading order, and what the notes are called and about."""

    title: str
    summary: str
    entries: tuple[Entry, ...]


def read_contents(index: Index) -> Contents:
    """List the pages of an index; a page that has no description gets its first sentence."""
    pages = index.pages()
    sentences = first_sentences(index, [row for row, page in enumerate(pages) if not page.description])
    entries = [
        Entry(page.title, page.path, page.description or sentences.get(row, ""), group_of(page))
        for row, page in enumerate(pages)
    ]
    first = entries[0] if entries else Entry("Notes", "", "", "")
    return Contents(first.title, first.description or first.title, tuple(_by_group(entries)))


def group_of(page: Page) -> str:
    """Name the part of the notes that a page belongs to: as the table of contents does, or else by its folders."""
    folders = PurePosixPath(page.path).parts[:-1]
    return " › ".join(page.groups or folders[:DEEPEST_FOLDERS]) or UNGROUPED


def first_sentences(index: Index, page_rows: Iterable[int]) -> dict[int, str]:
    """Return the first sentence of the first text of each page that has one, by the page's row."""
    pages, chunks = np.unique(index.arrays.chunk_pages, return_index=True)
    first_chunk = dict(zip(pages.tolist(), chunks.tolist(), strict=True))
    page_of = {first_chunk[row]: row for row in page_rows if row in first_chunk}
    found: dict[int, str] = {}
    wanted = iter(page_of)
    while batch := list(islice(wanted, _AT_A_TIME)):
        for _, passage in index.passages(batch):
            if passage.kind == "sentence":
                found.setdefault(page_of[passage.chunk], " ".join(passage.text.split()))
    return found


def llms_files(contents: Contents, site: str) -> list[str]:
    """Return llms.txt and, when one file would be too long, the files that it leads to."""
    whole = _file(contents.title, contents.summary, _sections(contents.entries, site))
    if len(whole) <= LONGEST_FILE:
        return [whole]
    parts = list(_parts(contents.entries, site))
    links = []
    for number, part in enumerate(parts, start=1):
        groups = shortened(", ".join(dict.fromkeys(entry.group for entry in part)))
        links.append(f"- [{inline(groups)}]({site}/llms/{number}.txt): {len(part)} pages, from {inline(part[0].title)}")
    first = _file(contents.title, contents.summary, ["## Lists of pages", "\n".join(links)])
    return [first, *(_file(contents.title, contents.summary, _sections(part, site)) for part in parts)]


def site_map(contents: Contents, site: str) -> str:
    """List all pages as Markdown, in one file."""
    return _file(contents.title, contents.summary, _sections(contents.entries, site))


def xml_site_map(contents: Contents, site: str) -> str:
    """List the addresses of all pages for search engines."""
    addresses = (escape(f"{site}{markdown_address(entry.path).removesuffix('.md')}") for entry in contents.entries)
    urls = "\n".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}\n</urlset>\n"
    )


def _by_group(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Put pages of one group next to each other; groups keep the order of their first pages."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    for group in groups.values():
        yield from group


def _parts(entries: Sequence[Entry], site: str) -> Iterator[list[Entry]]:
    """Cut the list into runs whose files stay short enough."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.line(site)) + len(inline(entry.group)) + len("\n\n## \n\n")
        if part and size + length > LONGEST_FILE - _HEAD_ROOM:
            yield part
            part, size = [], 0
        part.append(entry)
        size += length
    if part:
        yield part


def _sections(entries: Sequence[Entry], site: str) -> list[str]:
    blocks: list[str] = []
    for group, of_group in groupby(entries, lambda entry: entry.group):
        blocks += [f"## {inline(shortened(group))}", "\n".join(entry.line(site) for entry in of_group)]
    return blocks


def _file(title: str, summary: str, blocks: Sequence[str]) -> str:
    head = [f"# {inline(shortened(title))}", f"> {inline(shortened(summary))}"]
    return "\n\n".join([*head, *blocks]) + "\n"

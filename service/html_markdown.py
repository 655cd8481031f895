"""HTML blocks of the notes as Markdown: cards as a list, tables as tables, images by their words, code as fences.

Tags that Markdown has no word for go, their text stays. Scripts, styles and comments go altogether.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby

from corpus.html_code import pre_blocks
from corpus.html_reading import read_html
from service.agent_links import LinkWriter
from service.markdown_answer import fenced

_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "del": "~~", "s": "~~"}
_BLOCKS = (
    "address article aside blockquote details dd div dl dt figcaption figure footer header main nav ol p section ul"
)
_BREAKS = frozenset(_BLOCKS.split())
_SILENT = frozenset({"script", "style", "template"})
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def html_markdown(html: str, links: LinkWriter) -> str:
    """Return a piece of HTML as Markdown, without blank lines around it. Never raises on malformed HTML."""
    writer = _Writer(links, [fenced(block.code, block.language) for block in pre_blocks(html)])
    read_html(writer, html)
    return writer.finish()


@dataclass(slots=True)
class _Table:
    """A table that is being read."""

    cards: bool
    rows: list[list[str]] = field(default_factory=list)
    covers: set[int] = field(default_factory=set)
    """Columns that hold pictures of cards."""


class _Writer(HTMLParser):
    """Writes Markdown while it reads HTML."""

    def __init__(self, links: LinkWriter, fences: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._links = links
        self._fences = list(fences)
        self._written = frozenset(fences)
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []
        """Tags whose text is marked, with the mark that ends it."""
        self._silent = 0
        self._pre = 0
        self._table: _Table | None = None
        self._cell: list[str] | None = None

    def finish(self) -> str:
        """Return what was written, with everything closed."""
        self._end_table()
        while self._open:
            self._write(self._open.pop()[1])
        blocks: list[str] = []
        for is_fence, pieces in groupby(self._out, lambda piece: piece in self._written):
            found = list(pieces)
            blocks += found if is_fence else [_tidy("".join(found))]
        return "\n\n".join(block for block in blocks if block)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self._silent += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in ("table", "tr", "td", "th"):
            self._start_table_part(tag, attributes)
        elif tag == "img":
            self._write(self._links.image(attributes.get("alt", ""), attributes.get("src", "")))
        elif tag == "a":
            self._start_link(attributes.get("href", ""))
        elif tag == "br":
            self._write(" " if self._cell is not None else "\n")
        else:
            self._start_text(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "pre" and self._pre:
            self._pre -= 1
            if not self._pre and self._fences:
                self._write(self._fences.pop(0))
        elif tag == "table":
            self._end_table()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in _BREAKS or tag in _HEADINGS:
            self._write("\n\n")
        elif any(tag == name for name, _ in self._open):
            while self._open:
                name, mark = self._open.pop()
                self._write(mark)
                if name == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._pre:
            words = " ".join(data.split()).replace("<", "\\<")
            spaced = f"{' ' if data[:1].isspace() else ''}{words}{' ' if data[-1:].isspace() and words else ''}"
            self._write(spaced if words else " ")

    def _write(self, text: str) -> None:
        if not self._silent and not self._pre:
            (self._out if self._cell is None else self._cell).append(text)

    def _start_text(self, tag: str) -> None:
        if tag == "li":
            self._write("\n- ")
        elif tag == "summary":
            self._write("\n\n**")
            self._open.append((tag, "**\n\n"))
        elif tag in _HEADINGS:
            self._write(f"\n\n{_HEADINGS[tag]} ")
        elif tag in _BREAKS:
            self._write("\n\n")
        elif tag in _MARKS:
            self._write(_MARKS[tag])
            self._open.append((tag, _MARKS[tag]))

    def _start_link(self, href: str) -> None:
        address = self._links.address(href) if href else None
        if address:
            self._write("[")
            self._open.append(("a", f"]({address})"))

    def _start_table_part(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table" and self._table is None:
            self._table = _Table(cards=attributes.get("data-view") == "cards")
        elif self._table is not None and tag == "tr":
            self._end_cell()
            self._table.rows.append([])
        elif self._table is not None and tag in ("td", "th"):
            self._end_cell()
            self._table.rows = self._table.rows or [[]]
            if "data-card-cover" in attributes:
                self._table.covers.add(len(self._table.rows[-1]))
            self._cell = []

    def _end_cell(self) -> None:
        if self._cell is None or self._table is None:
            return
        while self._open:
            self._write(self._open.pop()[1])
        cell = " ".join("".join(self._cell).split())
        self._cell = None
        self._table.rows[-1].append("" if len(self._table.rows[-1]) in self._table.covers else cell)

    def _end_table(self) -> None:
        self._end_cell()
        table, self._table = self._table, None
        if table is not None:
            self._write(
                "\n\n" + "\n".join(_card_lines(table.rows) if table.cards else _table_lines(table.rows)) + "\n\n"
            )


def _tidy(text: str) -> str:
    """Take blanks off the ends of lines, and leave one blank line between paragraphs."""
    lines = [line.strip() for line in text.split("\n")]
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1])).strip()


def _card_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write each card as an item: its title and whatever else it holds."""
    return [f"- {' '.join(cell for cell in row if cell)}" for row in rows if any(row)]


def _table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    width = max((len(row) for row in rows), default=0)
    lines = [
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in [*row, *[''] * (width - len(row))])} |"
        for row in rows
        if row
    ]
    return [*lines[:1], f"|{' --- |' * width}", *lines[1:]] if lines else []

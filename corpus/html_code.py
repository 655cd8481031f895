"""Code blocks written as HTML, `<pre class="language-python"><code>…`, with highlighted lines and entities inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from corpus.html_reading import read_html

_CLASS = re.compile(r"(?:language|lang|highlight-source|brush|sourceCode|src)[-:]?\s*([\w+#-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreBlock:
    """A `<pre>` element; lines count from 0 at the first line of the HTML it was found in."""

    language: str
    """The word in its class, as written; empty when there is none."""
    title: str
    code: str
    first_line: int
    last_line: int


def pre_blocks(html: str) -> tuple[PreBlock, ...]:
    """Return the `<pre>` elements of a piece of HTML that are closed, in order. Never raises on malformed HTML."""
    return tuple(_read(html).found) if "<pre" in html.lower() else ()


def visible_text(html: str) -> str:
    """Return the text of a piece of HTML without its tags and comments."""
    return " ".join("".join(_read(html).text).split())


def _read(html: str) -> _PreReader:
    reader = _PreReader()
    read_html(reader, html)
    return reader


class _PreReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[PreBlock] = []
        self.text: list[str] = []
        self._depth = 0
        self._open_pre()

    def _open_pre(self) -> None:
        self._code: list[str] = []
        self._first_line = 0
        self._language = self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._depth += 1
            if self._depth == 1:
                self._open_pre()
        if self._depth and tag == "br":
            self.handle_data("\n")
        if self._depth and tag in ("pre", "code"):
            self._read_attributes({name: value or "" for name, value in attrs})

    def _read_attributes(self, attributes: dict[str, str]) -> None:
        match = _CLASS.search(attributes.get("class", ""))
        self._language = self._language or (match[1] if match else attributes.get("lang", ""))
        self._title = self._title or attributes.get("title", "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._depth and data:
            if not self._code:
                self._first_line = self.getpos()[0] - 1
            self._code.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "pre" or not self._depth:
            return
        self._depth -= 1
        if not self._depth:
            self._close_pre(self.getpos()[0] - 1)

    def _close_pre(self, closing_line: int) -> None:
        text = "".join(self._code)
        # HTML drops one line end right after the opening tag.
        code, first_line = (text[1:], self._first_line + 1) if text.startswith("\n") else (text, self._first_line)
        code = code.rstrip("\n") + "\n"
        if code.strip():
            last_line = min(first_line + code.count("\n") - 1, closing_line)
            self.found.append(PreBlock(self._language, self._title, code, first_line, max(first_line, last_line)))

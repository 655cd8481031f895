"""Read what the service writes as its readers would, and say what stands outside quotes and code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

SITE = "http://localhost"
ONCE = ("Excerpts", "Examples", "Suggested Follow-up Questions", "Sources", "Nearest pages")
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


@dataclass
class Outline:
    """What a Markdown reader sees outside quotes and code blocks."""

    headings: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def outline(text: str) -> Outline:
    """Read a document."""
    found, quotes = Outline(), 0
    heading = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if quotes:
            continue
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "inline":
            if heading:
                found.headings.append((heading, token.content))
                heading = ""
            _read_inline(found, token.children or [])
        elif token.type == "html_block":
            found.html.append(token.content)
    return found


def _read_inline(found: Outline, children: Sequence[Token]) -> None:
    for child in children:
        if child.type == "link_open":
            found.links.append(str(child.attrGet("href")))
        elif child.type == "image":
            found.links.append(str(child.attrGet("src")))
        elif child.type == "html_inline":
            found.html.append(child.content)
        elif child.type == "text":
            found.text.append(child.content)


def check_answer(text: str) -> None:
    """Fail when an answer as Markdown has a part that is not the service's."""
    found = outline(text)
    assert not found.html
    (_, first), *others = found.headings
    assert first
    parts = [content for tag, content in others if tag in ("h1", "h2")]
    assert len(parts) == len(set(parts)), parts
    assert set(parts) <= set(ONCE), parts
    assert all(re.match(r"Excerpt \d+: |\[", content) for tag, content in others if tag == "h3"), others
    assert not [content for tag, content in others if tag in ("h4", "h5", "h6")]
    check_links(found.links)


def check_links(links: Sequence[str]) -> None:
    """Fail when a link leads elsewhere than to this service."""
    assert not [link for link in links if not link.startswith((f"{SITE}/", "/", "#"))], links


def check_one_line(text: str) -> None:
    """Fail when a line that the service writes could be more than one, or drives a terminal."""
    assert not [each for each in text if unicodedata.category(each) == "Cc" or each in DIRECTIONS], repr(text)
    assert "\u2028" not in text
    assert "\u2029" not in text


def events_of(text: str) -> Iterator[tuple[str, str]]:
    """Read server-sent events as the most generous client does, which takes every line separator for one."""
    name, data = "message", list[str]()
    for line in text.splitlines():
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []
            continue
        key, _, value = line.partition(": ")
        assert key in ("event", "data"), line
        if key == "event":
            name = value
        else:
            data.append(value)


class PageReader(HTMLParser):
    """Notes what of an HTML page could act."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or (
                name in ("href", "src", "action") and address.startswith(("javascript:", "data:", "vbscript:"))
            ):
                self.acting.append(f"{tag} {name}={value}")
        if tag in ("script", "iframe", "object", "embed", "base", "svg", "style", "textarea"):
            self.acting.append(tag)

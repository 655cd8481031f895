"""Turn tokens into words: markup resolved, entities decoded, dialect tags said, inline code kept in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

from markdown_it.token import Token

from corpus.dialects import directive_words, inline_words

_ANCHOR_TAG = re.compile(r"""<a\s[^>]*?\b(?:id|name)=["']([^"']+)["']""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\u00a0]+")


def inline_text(children: Sequence[Token] | None) -> str:
    """Return the words of inline tokens; a soft line break stays a newline, so that lines can be counted."""
    pieces: list[str] = []
    for token in children or ():
        if token.type == "text":
            pieces.append(token.content)
        elif token.type == "code_inline":
            pieces.append(f"`{token.content}`")
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
        elif token.type == "image":
            pieces.append(inline_text(token.children))
        elif token.type == "html_inline" and token.content.lower().startswith("<br"):
            pieces.append(" ")
    return _SPACES.sub(" ", inline_words("".join(pieces))).strip(" ")


def anchor_in(children: Sequence[Token] | None) -> str:
    """Return the id of an `<a id="…">` among a heading's inline tokens, as GitBook exports write it; else empty."""
    for token in children or ():
        if token.type == "html_inline" and (match := _ANCHOR_TAG.search(token.content)):
            return match[1]
    return ""


def block_text(tokens: Iterable[Token]) -> str:
    """Return the words of block tokens, one block a line; code as it stands."""
    return "\n".join(text for text in map(_token_text, tokens) if text)


def _token_text(token: Token) -> str:
    if token.type == "inline":
        return inline_text(token.children)
    if token.type in ("fence", "code_block"):
        return token.content.rstrip()
    if token.type == "html_block":
        return html_text(token.content)
    if token.type == "directive":
        return directive_words(token)
    return ""


def html_text(html: str) -> str:
    """Return the words of an HTML fragment: text and images' alternative text; scripts, styles and comments have none."""
    collector = _TextCollector()
    collector.feed(html)
    collector.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(collector.pieces).splitlines())
    return "\n".join(line for line in lines if line)


class _TextCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "img":
            self.pieces.append(dict(attrs).get("alt") or "")
        elif tag in ("br", "p", "tr", "li", "summary", "div", "h1", "h2", "h3", "h4"):
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)

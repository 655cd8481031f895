"""Turn tokens into words: markup resolved, entities decoded, dialect tags said, inline code kept in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser

from markdown_it.token import Token

from corpus.dialects import TEXT_TAGS, code_words, directive_words, heading_parts, inline_words, tag_name
from corpus.fenced_text import fenced_text
from corpus.html_reading import read_html
from corpus.markdown import parse_inline
from corpus.myst import role_words, split_role
from corpus.words import without_attributes, without_references

_ANCHOR_TAG = re.compile(r"""<a\s[^>]*?\b(?:id|name)=["']([^"']+)["']""", re.IGNORECASE)
LONGEST_INCLUDED_CHARACTERS = 20_000
_SPACES = re.compile(r"[ \t\u00a0]+")
_HIDDEN_LINE_END = "\0"
"""Stands for a line end inside code or a tag; markdown-it lets no such character through from the file."""
_HIDDEN = re.compile(rf"{_HIDDEN_LINE_END}\S*")
_ATTRIBUTED = frozenset({"link_close", "image", "code_inline"})
_LINE_TAGS = frozenset({"br", "p", "tr", "li", "summary", "div", "h1", "h2", "h3", "h4"})


def inline_text(children: Sequence[Token] | None, *, keep_line_ends: bool = False) -> str:
    """Return the words of inline tokens; a soft line break stays a newline.

    With `keep_line_ends` line ends inside code and HTML tags stay too, so that newlines count the lines of the file.
    """
    pieces: list[str] = []
    words: list[str] = []
    previous = ""
    for token in children or ():
        if token.type == "code_inline":
            # Dialect tags are said in words everywhere but in code, which stays as it is.
            before, role = split_role(inline_words("".join(words)))
            pieces += [before, role_words(role, token.content) if role else f"`{code_words(token.content)}`"]
            words = [_HIDDEN_LINE_END * token.meta.get("line_ends", 0)]
        elif token.type == "html_inline":
            words.append(_tag_words(token.content, words[-1] if words else ""))
            words.append(_HIDDEN_LINE_END * token.content.count("\n"))
        else:
            content = _inline_words_of(token)
            words.append(
                without_attributes(content) if previous in _ATTRIBUTED and content[:2].strip()[:1] == "{" else content
            )
        previous = token.type
    text = without_references("".join([*pieces, inline_words("".join(words))])).removesuffix("\\")
    text = _HIDDEN.sub(_after_the_word, text) if keep_line_ends else text.replace(_HIDDEN_LINE_END, "")
    return _SPACES.sub(" ", text).strip(" ")


def _tag_words(tag: str, before: str) -> str:
    if before.endswith(('("', "('")):
        return tag  # an argument of a macro: {{cssxref("<length>")}}
    return " " if tag.lower().startswith("<br") else ""


def _after_the_word(match: re.Match[str]) -> str:
    return match[0].replace(_HIDDEN_LINE_END, "") + "\n" * match[0].count(_HIDDEN_LINE_END)


def _inline_words_of(token: Token) -> str:
    if token.type == "text":
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return inline_text(token.children)
    return ""


def anchor_in(children: Sequence[Token] | None) -> str:
    """Return the anchor that a heading's inline tokens name: `{#id}` at their end, or `<a id="…">`; else empty."""
    if children and children[-1].type == "text" and (anchor := heading_parts(children[-1].content)[1]):
        return anchor
    for token in children or ():
        if token.type == "html_inline" and (match := _ANCHOR_TAG.search(token.content)):
            return match[1]
    return ""


def block_text(tokens: Iterable[Token]) -> str:
    """Return the words of block tokens, one block a line; code as it stands."""
    return "\n".join(text for text in map(_token_text, tokens) if text)


def _token_text(token: Token) -> str:
    if included := token.meta.get("included"):
        return str(included.text).rstrip()[:LONGEST_INCLUDED_CHARACTERS]
    if token.type == "inline":
        return inline_text(token.children)
    if token.type == "fence" and (tokens := fenced_text(token)):
        return block_text(tokens)
    if token.type in ("fence", "code_block"):
        return token.content.rstrip()
    if token.type == "html_block":
        return html_text(token.content)
    if token.type == "directive":
        words = directive_words(token)
        return words if tag_name(token.info) in TEXT_TAGS else inline_text(parse_inline(words))
    return ""


def html_text(html: str) -> str:
    """Return the words of an HTML fragment: its text and its images' alternative text, no script, style or comment."""
    lines = (_SPACES.sub(" ", line).strip() for line in _collected(html, _TextCollector()).splitlines())
    return "\n".join(line for line in lines if line)


def html_lines(html: str) -> str:
    """Return the words of an HTML fragment with a newline for each line end of the fragment and no others."""
    return _SPACES.sub(" ", _collected(html, _LineCollector()))


def _collected(html: str, collector: _TextCollector) -> str:
    read_html(collector, html)
    return "".join(collector.pieces)


class _TextCollector(HTMLParser):
    """Gathers text; tags that begin a line in a browser begin one here."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "img":
            self.pieces.append(dict(attrs).get("alt") or "")
        elif tag in _LINE_TAGS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


class _LineCollector(_TextCollector):
    """Gathers text and the line ends of all that is not text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINE_TAGS:
            self.pieces.append(" ")
        else:
            super().handle_starttag(tag, [(name, (value or "").replace("\n", " ")) for name, value in attrs])
        self._pass_over(self.get_starttag_text() or "")

    def handle_comment(self, data: str) -> None:
        self._pass_over(data)

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self._silent:
            self._pass_over(data)

    def _pass_over(self, markup: str) -> None:
        self.pieces.append("\n" * markup.count("\n"))

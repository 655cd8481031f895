"""Rewrite the links and images inside running text for a reader who is not on the site: full addresses of Markdown.

Only what markdown-it found to be a link, an image or HTML is touched, and only on its own line; code is never changed.
A link to a file that is no page of the notes is written out, since nothing is served at its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from corpus.dialects import attributes_of, tag_words
from corpus.markdown import clean_targets
from corpus.myst import role_words, split_role
from corpus.words import without_braces
from service.page_links import link_from
from service.page_paths import PagePaths, markdown_address

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_TITLE = r"""(?:\s+(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?\s*"""
_ADDRESS = r"(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)"
_IMAGE = re.compile(rf"!\[([^\[\]]*)\]\(\s*{_ADDRESS}{_TITLE}\)")
_LINK_END = re.compile(rf"\]\(\s*{_ADDRESS}({_TITLE})\)")
_WIKILINK = re.compile(r"(?<!!)\[\[([^\[\]|#\n]{1,200})(#[^\[\]|\n]{1,200})?(?:\|([^\[\]\n]{1,200}))?\]\]")
_HTML_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_HTML_HREF = re.compile(r"""(<a\b[^<>]*?\bhref=)("[^"<>]*"|'[^'<>]*')""", re.IGNORECASE)
_HTML_EMPTY = re.compile(r"</?picture\b[^<>]*>|<source\b[^<>]*>", re.IGNORECASE)
_EMPTY_LINK = re.compile(r"(?<!!)\[\]\(\s*\)(?:\{[^{}\n]{0,200}\})?")
_DEFINITION = re.compile(r"^(\s{0,3}\[[^\]\n]+\]:\s*)(<[^<>\n]*>|\S+)")
_MARKDOWN = MarkdownIt("commonmark")


@dataclass(slots=True)
class Targets:
    """What markdown-it found in a piece of running text."""

    hrefs: set[str]
    has_images: bool

    def joined(self, other: Targets) -> Targets:
        """Take another's targets in."""
        self.hrefs |= other.hrefs
        self.has_images = self.has_images or other.has_images
        return self


def targets_in(token: Token) -> Targets:
    """Return the addresses of an inline token's links, and whether it has images."""
    children = token.children or []
    hrefs = {str(child.attrGet("href")) for child in children if child.type == "link_open"}
    return Targets(hrefs, any(child.type == "image" for child in children))


class LinkWriter:
    """Writes the links of one page."""

    def __init__(self, path: str, paths: PagePaths, site: str) -> None:
        """Take the page that links stand on, all pages, and what addresses of this service begin with."""
        self._path = path
        self._paths = paths
        self._site = site

    def address(self, href: str) -> str | None:
        """Return the address to write for a link's; None when nothing is served there or it may not be followed."""
        if href.startswith("#"):
            return href
        target = link_from(self._path, href)
        if target is None or not target.startswith("/") or target.startswith("//"):
            return target
        parts = urlsplit(target)
        page = self._paths.resolve(unquote(parts.path))
        return f"{self._site}{markdown_address(page)}{f'#{parts.fragment}' if parts.fragment else ''}" if page else None

    def image(self, words: str, source: str) -> str:
        """Write an image: by its words; with its address when it is on another site."""
        if source.startswith(("http://", "https://")):
            return f"![{words}]({source})"
        name = words.strip() or source.rpartition("/")[2]
        return f"*Image: {' '.join(name.split())}*" if name else ""

    def inline(self, line: str, targets: Targets) -> str:
        """Rewrite one line of running text, which has these targets."""
        written = [""]
        for is_code, piece in _split_at_code(clean_targets(line)):
            if not is_code:
                text = self._text(piece, targets.hrefs, targets.has_images)
                written.append(without_braces(tag_words(text)))
                continue
            written[-1], role = split_role(written[-1])
            written.append(role_words(role, piece.strip("` ")) if role else piece)
        return "".join(written)

    def definition(self, line: str) -> str:
        """Rewrite the address of a link definition, `[name]: address`."""
        match = _DEFINITION.match(line)
        address = self.address(match[2].strip("<>")) if match else None
        return f"{match[1]}{address}{line[match.end() :]}" if match and address else line

    def _text(self, text: str, hrefs: set[str], has_images: bool) -> str:
        if has_images:
            text = _IMAGE.sub(lambda match: self.image(match[1], match[2].strip("<>")), text)
        if "](" in text:
            text = _EMPTY_LINK.sub("", text)
            text = _LINK_END.sub(lambda match: self._link_end(match, hrefs), text)
        if "[[" in text:
            text = _WIKILINK.sub(self._wikilink, text)
        return self.html(text) if "<" in text else text

    def html(self, text: str) -> str:
        """Rewrite links and images that are written as HTML tags."""
        text = _HTML_HREF.sub(self._html_href, text)
        return _HTML_EMPTY.sub("", _HTML_IMAGE.sub(self._html_image, text))

    def _link_end(self, match: re.Match[str], hrefs: set[str]) -> str:
        written = unescapeAll(match[1].strip("<>"))
        if _MARKDOWN.normalizeLink(written) not in hrefs and not written.startswith(("http://", "https://")):
            return match[0]
        address = self.address(written)
        return f"]({address}{match[2]})" if address else f"] (`{written}`, not served here)"

    def _wikilink(self, match: re.Match[str]) -> str:
        page = self._paths.named(match[1].strip())
        words = match[3] or match[1].rpartition("/")[2]
        return f"[{words}]({self._site}{markdown_address(page)})" if page else match[0]

    def _html_image(self, match: re.Match[str]) -> str:
        attributes = attributes_of(match[0])
        return self.image(attributes.get("alt", ""), attributes.get("src", ""))

    def _html_href(self, match: re.Match[str]) -> str:
        address = self.address(match[2][1:-1])
        return f'{match[1]}"{address}"' if address else match[0]


def _split_at_code(line: str) -> Iterator[tuple[bool, str]]:
    """Yield (is it code, text) in order; a span of code that runs over lines counts as text."""
    position = 0
    for match in _CODE_SPAN.finditer(line):
        yield False, line[position : match.start()]
        yield True, match[0]
        position = match.end()
    yield False, line[position:]

"""Parse a page into markdown-it tokens with line numbers, once, for every step that reads it.

Beside CommonMark and GFM tables it knows dialect tags that stand on lines of their own (`{% hint %}`, `{{< note >}}`, `:::tip`):
each becomes a `directive` token, so that the block around it keeps its shape. Lines are counted as editors count them
(LF, CRLF or CR), never by other Unicode separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.document import Page

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TAG_MARKS = (("liquid", "{%", "%}"), ("hugo", "{{<", ">}}"), ("hugo", "{{%", "%}}"))
_COLONS = re.compile(r"^:{3,}\s*([A-Za-z][\w-]*.*)?$")
_INTERRUPTS = {"alt": ["paragraph", "reference", "blockquote", "list"]}


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page, its lines and its block tokens (`token.map` counts from 0, end exclusive)."""

    page: Page
    lines: tuple[str, ...]
    """Each with its own line end, so that joining them gives the file back."""
    tokens: tuple[Token, ...]

    def verbatim(self, start_line: int, end_line: int) -> str:
        """Return the file's own characters from line to line (1-based, inclusive), without the last line's end."""
        return "".join(self.lines[start_line - 1 : end_line]).rstrip("\r\n")


def parse_page(page: Page) -> ParsedPage:
    """Parse the page's text. Never raises on malformed Markdown."""
    lines = split_lines(page.text)
    # markdown-it folds CRLF but not a lone CR, and would count lines differently from an editor.
    source = "\n".join(line.rstrip("\r\n") for line in lines)
    return ParsedPage(page, lines, tuple(_parser().parse(source.removeprefix("\ufeff"))))


def split_lines(text: str) -> tuple[str, ...]:
    """Split into lines that keep their ends; only LF, CRLF and CR end a line."""
    return tuple(match.group() for match in _LINE.finditer(text) if match.group())


def parse_inline(text: str) -> list[Token]:
    """Parse a piece of inline Markdown to its inline tokens."""
    children = _parser().parseInline(text)[0].children
    return children or []


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(footnote_plugin)
    parser.block.ruler.before("table", "directive", _directive, _INTERRUPTS)
    return parser


def _directive(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a line that is nothing but a dialect tag."""
    if state.is_code_block(start_line):
        return False
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    tag = directive_of(line)
    if tag is None:
        return False
    if not silent:
        token = state.push("directive", "", 0)
        token.map = [start_line, start_line + 1]
        token.content = line.strip()
        token.meta = {"dialect": tag[0]}
        token.info = tag[1]
    state.line = start_line + 1
    return True


def directive_of(line: str) -> tuple[str, str] | None:
    """Return (dialect, what stands between the marks) when a line is one tag and nothing else."""
    line = line.strip()
    if line[:1] not in ("{", ":"):
        return None
    for dialect, opening, closing in _TAG_MARKS:
        if line.startswith(opening) and line.find(closing) == len(line) - len(closing):
            return dialect, line[len(opening) : -len(closing)].strip("- \t")
    colons = _COLONS.match(line)
    return ("colons", (colons[1] or "").strip()) if colons else None

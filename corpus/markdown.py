"""Parse a page into markdown-it tokens with line numbers, once, for every step that reads it.

Beside CommonMark and GFM tables it knows dialect tags that stand on lines of their own (`{% hint %}`, `{{< note
>}}`, `:::tip`, `!!! note`, `=== "Tab"`): each becomes a `directive` token, so that the block around it keeps its
shape. Lines are counted as editors count them (LF, CRLF or CR), never by other Unicode separators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.backticks import backtick
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.dialects import attributes_of
from corpus.document import Page
from corpus.indented import indented_container
from corpus.mdx import component_tag, module_lines

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TAG_MARKS = (("liquid", "{%", "%}"), ("hugo", "{{<", ">}}"), ("hugo", "{{%", "%}}"))
_INCLUDE_MARKS = (("{*", "*}"), ("{{#include", "}}"), ("{{#rustdoc_include", "}}"), ("--8<--", ""))
_COLONS = re.compile(r"^:{3,}\s*([A-Za-z][\w-]*.*)?$")
_SLASHES = re.compile(r"^/{3,}\s*(?:([A-Za-z][\w-]*)\s*(?:\|\s*(.*))?)?$")
_INLINE_ATTRIBUTES = frozenset({"text", "term_id"})
"""A shortcode with one of these is a word of its sentence, though a wrapped line may hold nothing else."""
_OBJECT_PATH = re.compile(r"^[A-Za-z_]\w*(?:\.\w+)+$")
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
# mdurl fills its tables when they are first used, and another thread would read them half filled; an import is alone.
MarkdownIt().normalizeLinkText(MarkdownIt().normalizeLink("a%20b"))
DEEPEST_NESTING = 40
"""Blocks nested deeper than this are not read any further."""


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

    def last_text_line(self, start_line: int, end_line: int) -> int:
        """Return the last line of a range that is not blank, or its first line."""
        while end_line > start_line and not self.lines[end_line - 1].strip():
            end_line -= 1
        return end_line


def parse_page(page: Page) -> ParsedPage:
    """Parse the page's text. Never raises on malformed Markdown."""
    lines = split_lines(page.text)
    # markdown-it folds CRLF but not a lone CR, and would count lines differently from an editor.
    source = "".join(line.rstrip("\r\n") + "\n" for line in lines).removeprefix("\ufeff")
    return ParsedPage(page, lines, tuple(_parser().parse(source, {"mdx": is_mdx(page)})))


def is_mdx(page: Page) -> bool:
    """Tell whether a page is MDX by the end of its name."""
    return PurePosixPath(page.path).suffix.lower() == ".mdx"


def split_lines(text: str) -> tuple[str, ...]:
    """Split into lines that keep their ends; only LF, CRLF and CR end a line."""
    return tuple(match.group() for match in _LINE.finditer(text) if match.group())


def parse_inline(text: str) -> list[Token]:
    """Parse a piece of inline Markdown to its inline tokens."""
    children = _parser().parseInline(text)[0].children
    return children or []


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST_NESTING}).enable(["table", "strikethrough"])
    parser.use(front_matter_plugin).use(footnote_plugin, inline=False)
    parser.core.ruler.before("footnote_tail", "all_footnotes", _keep_all_footnotes)
    parser.inline.ruler.at("backticks", _code_span)
    for name, rule in (
        ("directive", _directive),
        ("indented_container", indented_container),
        ("module_lines", module_lines),
        ("component_tag", component_tag),
    ):
        parser.block.ruler.before("table", name, rule, _INTERRUPTS)
    return parser


def _directive(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a line that is nothing but a dialect tag."""
    if state.is_code_block(start_line):
        return False
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    tag = directive_of(line)
    if tag is None or (tag[0] == "hugo" and _INLINE_ATTRIBUTES & attributes_of(tag[1]).keys()):
        return False
    if silent:
        return True
    token = state.push("directive", "", 0)
    token.map = [start_line, _tag_end(state, start_line, end_line) if tag[0] == "mkdocstrings" else start_line + 1]
    token.content = line.strip()
    token.meta = {"dialect": tag[0]}
    token.info = tag[1]
    state.line = token.map[1]
    return True


def _tag_end(state: StateBlock, start_line: int, end_line: int) -> int:
    """Return the line after a tag's options, which stand indented right below it."""
    last = start_line + 1
    while last < end_line and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent + 4:
        last += 1
    return last


def directive_of(line: str) -> tuple[str, str] | None:
    """Return (dialect, what stands between the marks) when a line is one tag and nothing else."""
    line = line.strip()
    if line[:1] not in ("{", ":", "/", "-"):
        return None
    for dialect, opening, closing in _TAG_MARKS:
        if line.startswith(opening) and line.find(closing) == len(line) - len(closing):
            return dialect, line[len(opening) : -len(closing)].strip("- \t")
    for opening, closing in _INCLUDE_MARKS:
        if line.startswith(opening) and line.endswith(closing):
            return "include", "include " + line[len(opening) : len(line) - len(closing)].strip()
    if slashes := _SLASHES.match(line):
        return "colons", f"{slashes[1] or ''} {slashes[2] or ''}".strip()
    colons = _COLONS.match(line)
    if colons is None:
        return None
    info = (colons[1] or "").strip()
    return ("mkdocstrings", f'reference title="{info}"') if _OBJECT_PATH.match(info) else ("colons", info)


def _code_span(state: StateInline, silent: bool) -> bool:
    """Inline rule: code as ever, which also keeps how many line ends it ran over; they are blanks in its content."""
    start, known = state.pos, len(state.tokens)
    found = backtick(state, silent)
    if found and len(state.tokens) > known and state.tokens[-1].type == "code_inline":
        state.tokens[-1].meta["line_ends"] = state.src.count("\n", start, state.pos)
    return found


def _keep_all_footnotes(state: StateCore) -> None:
    """Core rule: a footnote that nothing points to, or a second one of a name, is text of the page all the same."""
    footnotes = state.env.get("footnotes", {})
    names: set[str] = set()
    for number, token in enumerate(state.tokens):
        if token.type == "footnote_reference_open":
            if token.meta["label"] in names:
                token.meta["label"] += f" {number}"
                footnotes["refs"][f":{token.meta['label']}"] = -1
            names.add(token.meta["label"])
    listed = footnotes.get("list", {})
    for label, place in footnotes.get("refs", {}).items():
        if place < 0:
            footnotes["refs"][label] = len(listed)
            listed[len(listed)] = {"label": label.removeprefix(":"), "count": 0}

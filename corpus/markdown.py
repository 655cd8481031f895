"""Parse a page into markdown-it tokens with line numbers, once, for every step that reads it.

Beside CommonMark and GFM tables it knows dialect tags that stand on lines of their own (`{% hint %}`, `{{< note
>}}`, `:::tip`, `!!! note`, `=== "Tab"`): each becomes a `directive` token, so that the block around it keeps its
shape. Lines are counted as editors count them (LF, CRLF or CR), never by other Unicode separators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.backticks import backtick
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.directives import directive, directive_of
from corpus.document import Included, Page
from corpus.files import SUFFIXES
from corpus.indented import indented_container
from corpus.mdx import component_tag, module_lines
from corpus.myst import target_line

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TAG = re.compile(r"\{\{[<%][^{}\n]{0,400}?[>%]\}\}")
_TAG_IN_LINK = re.compile(rf"\]\((?:[^()\s{{}}]|{_TAG.pattern}){{1,2000}}(?=[)\s])")
_TAG_IN_ATTRIBUTE = re.compile(
    rf"""\b(?:href|src)=(?:"(?:[^"{{}}<>]|{_TAG.pattern}){{0,2000}}"|'(?:[^'{{}}<>]|{_TAG.pattern}){{0,2000}}')"""
)
_WHOLE_HTML = re.compile(r"<(?:script|pre|style|textarea|[!?])", re.IGNORECASE)
_BOXES = {"[ ] ": "☐", "[x] ": "☑"}
_LONGEST_COMMENT_LINES = 500
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
    tokens = _parser().parse(source, {"mdx": is_mdx(page)})
    if page.includes:
        _attach_includes(tokens, page.includes)
    return ParsedPage(page, lines, tuple(tokens))


def _attach_includes(tokens: Sequence[Token], includes: Sequence[Included]) -> None:
    """Give tags, and fences that hold nothing else, the code that they include; Markdown is a page of its own."""
    by_line = {each.line: each for each in includes if not each.path.lower().endswith(SUFFIXES)}
    for token in tokens:
        if token.map and token.type in ("directive", "fence"):
            inside = token.type == "fence" and "literalinclude" not in token.info
            included = by_line.get(token.map[0] + 1 + inside)
            code = inside and ("\n" in token.content.strip() or token.content.lstrip().startswith("{%"))
            if included and not code:
                token.meta["included"] = included


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
    parser.core.ruler.before("inline", "clean_targets", _clean_targets)
    parser.core.ruler.push("task_marks", _task_marks)
    parser.inline.ruler.at("backticks", _code_span)
    parser.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    for name, rule in (
        ("directive", directive),
        ("indented_container", indented_container),
        ("module_lines", module_lines),
        ("toml_matter", _toml_matter),
        ("obsidian_comment", _obsidian_comment),
        ("target_line", target_line),
        ("component_tag", component_tag),
    ):
        parser.block.ruler.before("table", name, rule, _INTERRUPTS)
    return parser


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: HTML as ever, except that a line which is nothing but a tag of a dialect ends it."""
    # Asked first whether it is HTML at all: every line of a paragraph is, and must not look far.
    if not html_block(state, start_line, end_line, True):
        return False
    if silent:
        return True
    if _WHOLE_HTML.match(state.src, state.bMarks[start_line] + state.tShift[start_line]):
        return html_block(state, start_line, end_line, silent)
    for line in range(start_line + 1, end_line):
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if not text.strip():
            break
        if text.startswith(("{%", "{{")) and directive_of(text):
            end_line = line
            break
    return html_block(state, start_line, end_line, silent)


def _obsidian_comment(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: lines between two lines of `%%`."""
    if (
        silent
        or state.sCount[start_line] != state.blkIndent
        or state.getLines(start_line, start_line + 1, 0, False).strip() != "%%"
    ):
        return False
    for line in range(start_line + 1, min(end_line, start_line + _LONGEST_COMMENT_LINES)):
        if state.src[state.bMarks[line] : state.eMarks[line]].strip() == "%%":
            token = state.push("module_lines", "", 0)
            token.map, token.hidden = [start_line, line + 1], True
            state.line = line + 1
            return True
    return False


def _toml_matter(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: front matter in TOML, between lines of `+++` at the top of the page."""
    if start_line or state.level or silent or state.src[: state.eMarks[0]].rstrip() != "+++":
        return False
    for line in range(1, end_line):
        if state.src[state.bMarks[line] : state.eMarks[line]].rstrip() == "+++":
            token = state.push("front_matter", "", 0)
            token.map, token.hidden, token.markup = [0, line + 1], True, "+++"
            token.content = state.src[state.bMarks[1] : state.bMarks[line]]
            state.line = line + 1
            return True
    return False


def _clean_targets(state: StateCore) -> None:
    """Core rule: shortcodes inside addresses, whose blanks and quotes would undo the link."""
    for token in state.tokens:
        if token.type in ("inline", "html_block") and "{{" in token.content:
            token.content = clean_targets(token.content)


def clean_targets(text: str) -> str:
    """Return a text without shortcodes inside the addresses of links; of a reference, the page that it names."""
    for pattern in (_TAG_IN_LINK, _TAG_IN_ATTRIBUTE):
        text = pattern.sub(lambda match: _TAG.sub(_target_words, match[0]), text)
    return text


def _target_words(match: re.Match[str]) -> str:
    quoted = re.search(r"""ref\s+["']([^"'\s]*)""", match[0])
    return quoted[1] if quoted else ""


def _task_marks(state: StateCore) -> None:
    """Core rule: the boxes of a task list, as characters that can be read."""
    for item, _, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type == "list_item_open" and token.type == "inline" and token.children:
            first = token.children[0]
            if first.type == "text" and (box := _BOXES.get(first.content[:4].lower())):
                first.content = f"{box} {first.content[4:]}"


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

"""Lines that are nothing but a tag of a Markdown dialect: `{% hint %}`, `{{< note >}}`, `:::tip`, `--8<-- "file"`.

Each becomes a `directive` token, which knows its dialect and what stands between the marks.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from corpus.dialects import attributes_of
from corpus.myst import is_option

_TAG_MARKS = (("liquid", "{%", "%}"), ("hugo", "{{<", ">}}"), ("hugo", "{{%", "%}}"))
_INCLUDE_MARKS = (
    ("{*", "*}"),
    ("{!>", "!}"),
    ("{!", "!}"),
    ("{{#include", "}}"),
    ("{{#rustdoc_include", "}}"),
    ("--8<--", ""),
)
_COLONS = re.compile(r"^:{3,}\s*(?:\{?\.?([A-Za-z][\w-]*)\}?(.*))?$")
_SLASHES = re.compile(r"^/{3,}\s*(?:([A-Za-z][\w-]*)\s*(?:\|\s*(.*))?)?$")
_INLINE_ATTRIBUTES = frozenset({"text", "term_id"})
"""A shortcode with one of these is a word of its sentence, though a wrapped line may hold nothing else."""
_OBJECT_PATH = re.compile(r"^[A-Za-z_]\w*(?:\.\w+)+$")
_LONGEST_TAG_LINES = 20


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
    info = f"{colons[1] or ''}{colons[2] or ''}".strip()
    return ("mkdocstrings", f'reference title="{info}"') if _OBJECT_PATH.match(info) else ("colons", info)


def directive(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a line that is nothing but a dialect tag."""
    if state.is_code_block(start_line):
        return False
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    last = _last_tag_line(state, start_line, end_line, line)
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[last]]
    tag = directive_of(line)
    if tag is None or (tag[0] == "hugo" and _INLINE_ATTRIBUTES & attributes_of(tag[1]).keys()):
        return False
    if silent:
        return True
    token = state.push("directive", "", 0)
    token.map = [start_line, _tag_end(state, start_line, end_line, tag[0], last + 1)]
    token.content = line.strip()
    token.meta = {"dialect": tag[0]}
    token.info = tag[1]
    state.line = token.map[1]
    return True


def _last_tag_line(state: StateBlock, start_line: int, end_line: int, line: str) -> int:
    """Return the line that a tag ends on: shortcodes with many arguments are written over several lines."""
    closing = next((closing for _, opening, closing in _TAG_MARKS if line.startswith(opening)), "")
    if closing and closing not in line:
        for last in range(start_line + 1, min(end_line, start_line + _LONGEST_TAG_LINES)):
            text = state.src[state.bMarks[last] : state.eMarks[last]].rstrip()
            if not text or text.lstrip().startswith(("{%", "{{")):
                break
            if closing in text:
                return last if text.endswith(closing) else start_line
    return start_line


def _tag_end(state: StateBlock, start_line: int, end_line: int, dialect: str, last: int) -> int:
    """Return the line after a tag's options, which stand right below it: indented, or as `:name: value`."""
    while last < end_line and not state.isEmpty(last):
        text = state.src[state.bMarks[last] : state.eMarks[last]]
        indented = dialect == "mkdocstrings" and state.sCount[last] >= state.blkIndent + 4
        if not indented and not (dialect == "colons" and is_option(text)):
            break
        last += 1
    return last

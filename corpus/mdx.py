"""Read what MDX adds to Markdown: `import` and `export` lines, which are code and no text, and tags of components on
lines of their own.

A component's tag becomes a `directive` token, so that what stands inside it is read as text, and its title or label
is kept.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

_IMPORT = re.compile(r"""^import\s[^'"]+\sfrom\s+(?:'[^']+'|"[^"]+");?$""")
_MODULE_LINE = re.compile(r"^(?:import|export)\s")
_COMPONENT = re.compile(r"^<(/?)([A-Z][\w.]*)(?=[\s/>]|$)")
_LONGEST_TAG_LINES = 40
_LONGEST_TAG_CHARACTERS = 4000
_SHAPES = {"TabItem": "tab", "Tab": "tab", "Tabs": "tabs", "Steps": "stepper", "Step": "step"}
"""Components that mean what a GitBook tag means."""


def module_lines(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: an `import … from "…"` line, and in .mdx files all `import` and `export` code up to a blank line."""
    if state.level or state.sCount[start_line] != 0:
        return False
    line = _line(state, start_line)
    mdx = bool(state.env.get("mdx"))
    if not (_IMPORT.match(line.rstrip()) or (mdx and _MODULE_LINE.match(line))):
        return False
    # Only at the beginning of a block: a paragraph may well have a line that begins with "import".
    if silent:
        return False
    last = start_line + 1
    while last < end_line and not state.isEmpty(last) and (mdx or _IMPORT.match(_line(state, last).rstrip())):
        last += 1
    token = state.push("module_lines", "", 0)
    token.map, token.hidden = [start_line, last], True
    state.line = last
    return True


def component_tag(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule, in .mdx files: a component's opening, closing or self-closing tag that fills its lines."""
    if not state.env.get("mdx") or state.is_code_block(start_line):
        return False
    match = _COMPONENT.match(_line(state, start_line))
    if match is None:
        return False
    last = min(end_line, start_line + _LONGEST_TAG_LINES)
    start = state.bMarks[start_line] + state.tShift[start_line] + match.end()
    end = _tag_end(state.src, start, min(state.eMarks[last - 1], start + _LONGEST_TAG_CHARACTERS))
    line = next((line for line in range(start_line, last) if end <= state.eMarks[line]), None)
    if end < 0 or line is None or state.src[end : state.eMarks[line]].strip():
        return False
    if silent:
        return True
    name = _SHAPES.get(match[2], match[2])
    token = state.push("directive", "", 0)
    token.info = f"end{name}" if match[1] else f"{name} {state.src[start : end - 1].rstrip('/ ')}".strip()
    token.map, token.meta = [start_line, line + 1], {"dialect": "mdx"}
    state.line = line + 1
    return True


def _tag_end(source: str, position: int, limit: int) -> int:
    """Return the position behind the `>` that ends a tag, past quotes and braces; -1 when none is before the limit."""
    quote, depth = "", 0
    for place in range(position, limit):
        character = source[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "{}":
            depth += 1 if character == "{" else -1
        elif character == ">" and depth <= 0:
            return place + 1
    return -1


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]

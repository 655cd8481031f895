"""Read what MkDocs indents under a marker as text: admonitions (`!!! note "Title"`, `??? tip`) and tabs (`===
"Title"`).

Plain CommonMark takes the indented body for a block of code. Here the marker and the end of the body become
`directive` tokens in the words of GitBook's tags (`hint`, `tab`), and the body's blocks stand between them with
their own line numbers.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

_ADMONITION = re.compile(r'^(?:!!!|\?\?\?\+?) ?([A-Za-z][\w-]*)?(?: +[\w-]+)*(?: *"(.*)")?$')
_TAB = re.compile(r'^===[!+]* +"(.*)"$')
_INDENT = 4
_DEEPEST = 10
"""Each level asks for four more blanks, so more than this is no text that a person wrote."""


def container_of(line: str) -> tuple[str, str] | None:
    """Return the opening and the closing tag that a marker line stands for, or None."""
    line = line.strip()
    if line.startswith("==="):
        tab = _TAB.match(line)
        return (f"tab {_attribute('title', tab[1])}", "endtab") if tab else None
    if not line.startswith(("!!!", "???")):
        return None
    admonition = _ADMONITION.match(line)
    if admonition is None or not (admonition[1] or admonition[2]):
        return None
    style = _attribute("style", (admonition[1] or "note").lower())
    title = _attribute("title", admonition[2]) if admonition[2] else ""
    return f"hint {style} {title}".strip(), "endhint"


def _attribute(name: str, value: str) -> str:
    return f"""{name}="{value.replace('"', "'")}\""""


def indented_container(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Block rule: a marker line and the lines below it that are indented by four."""
    depth = state.env.get("indented_depth", 0)
    if state.is_code_block(start_line) or depth >= _DEEPEST:
        return False
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    tags = container_of(line)
    if tags is None:
        return False
    if silent:
        return True
    last = _body_end(state, start_line, end_line)
    _push(state, tags[0], line.strip(), [start_line, start_line + 1])
    state.env["indented_depth"] = depth + 1
    _read_body(state, start_line + 1, last)
    state.env["indented_depth"] = depth
    _push(state, tags[1], "", None)
    state.line = last
    return True


def _body_end(state: StateBlock, start_line: int, end_line: int) -> int:
    """Return the line after the last one of the body; blank lines at its end are not part of it."""
    last = start_line + 1
    for line in range(start_line + 1, end_line):
        if state.isEmpty(line):
            continue
        if state.sCount[line] < state.blkIndent + _INDENT:
            break
        last = line + 1
    return last


def _read_body(state: StateBlock, start_line: int, last: int) -> None:
    outer = state.blkIndent, state.lineMax, state.parentType
    state.blkIndent += _INDENT
    state.lineMax = last
    state.parentType = "root"
    state.md.block.tokenize(state, start_line, last)
    state.blkIndent, state.lineMax, state.parentType = outer


def _push(state: StateBlock, info: str, content: str, lines: list[int] | None) -> None:
    token = state.push("directive", "", 0)
    token.info, token.content, token.map = info, content, lines
    token.meta = {"dialect": "indented"}

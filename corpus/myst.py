"""What MyST and Sphinx add to Markdown: roles (`{ref}` before code), targets (`(name)=`) and directives in fences."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_ROLE = re.compile(r"\{([A-Za-z][\w:+-]*)\}$")
_TITLED_TARGET = re.compile(r"^(.*\S)\s*<[^<>]*>$", re.DOTALL)
_TARGET_LINE = re.compile(r"^\([\w .:/-]+\)=$")
_FENCE_DIRECTIVE = re.compile(r"^\{([A-Za-z][\w:+-]*)\}[ \t]*(.*)$")
_OPTION = re.compile(r"^:[\w-]+:(?:\s.*)?$")
_TEXT_DIRECTIVES = frozenset(
    "note tip hint important warning caution danger attention error admonition seealso todo versionadded versionchanged"
    " deprecated dropdown details tab-set tab-item grid grid-item grid-item-card card margin sidebar topic rubric"
    " glossary".split()
)
_CODE_ROLES = (
    "py:",
    "js:",
    "c:",
    "cpp:",
    "func",
    "class",
    "meth",
    "mod",
    "attr",
    "exc",
    "data",
    "obj",
    "code",
    "command",
)


def split_role(text: str) -> tuple[str, str]:
    """Split a text that stands before inline code from the role that it ends in, empty when there is none."""
    match = _ROLE.search(text) if text.endswith("}") else None
    return (text[: match.start()], match[1]) if match else (text, "")


def role_words(role: str, content: str) -> str:
    """Return what a role shows of its content: the words before `<target>`, code where it names code."""
    match = _TITLED_TARGET.match(content)
    words = match[1] if match else content.lstrip("!~")
    return f"`{words}`" if role.startswith(_CODE_ROLES) and not match else words


def text_directive(info: str) -> tuple[str, str] | None:
    """Return name and title of a fence that holds text rather than code (```` ```{note} ````), or None."""
    match = _FENCE_DIRECTIVE.match(info.strip())
    return (match[1], match[2]) if match and match[1] in _TEXT_DIRECTIVES else None


def is_option(line: str) -> bool:
    """Tell whether a line right below a directive is an option of it (`:class: wide`)."""
    return bool(_OPTION.match(line.strip()))


def split_options(fence: Token) -> tuple[int, str]:
    """Return how many lines of options a directive's fence begins with, and what follows them."""
    if not fence.info.lstrip().startswith("{"):
        return 0, fence.content
    lines = fence.content.split("\n")
    options = next((number for number, line in enumerate(lines) if not is_option(line)), 0)
    options += bool(options and options < len(lines) - 1 and not lines[options].strip())
    return options, "\n".join(lines[options:])


def target_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:
    """Block rule: a line that only names the place below it."""
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    if not line.startswith("(") or state.is_code_block(start_line) or not _TARGET_LINE.match(line.rstrip()):
        return False
    if not silent:
        token = state.push("module_lines", "", 0)
        token.map, token.hidden = [start_line, start_line + 1], True
        state.line = start_line + 1
    return True

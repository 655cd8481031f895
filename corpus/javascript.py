"""Cut JavaScript and its relatives into words, strings and comments: enough to read comments and imports, not a parser.

What it can't tell (a regular expression from a division in odd places) makes it see fewer comments, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*(?:`|\Z))
    | (?P<word>[\w$@#]+)
    | (?P<slash>/)
    | (?P<mark>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_PATTERN = re.compile(r"/(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
_BEFORE_PATTERN = frozenset("(,=:[!&|?{};+-*%~^<>") | {"return", "typeof", "case", "in", "of"}


@dataclass(frozen=True, slots=True)
class ScriptToken:
    """A word, mark, string or comment; `line` counts from 0."""

    kind: Literal["comment", "string", "word", "mark"]
    text: str
    line: int


def scan_script(code: str) -> Iterator[ScriptToken]:
    """Yield the tokens of a script. Never raises."""
    position, line, previous = 0, 0, ""
    while match := _TOKEN.search(code, position):
        kind = match.lastgroup
        if kind == "slash" and (previous == "" or previous in _BEFORE_PATTERN):
            match = _PATTERN.match(code, match.start()) or match
        line += code.count("\n", position, match.start())
        text = match.group()
        match kind:
            case "comment" | "string" | "word":
                yield ScriptToken(kind, text, line)
            case _:
                yield ScriptToken("mark", text, line)
        previous = previous if kind == "comment" else text
        line += text.count("\n")
        position = match.end()

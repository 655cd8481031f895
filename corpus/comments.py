"""The line comments of Python, JavaScript and TypeScript code, read with each language's own tokens."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from corpus.javascript import parse_script, text_of, tree_nodes


class Comment(NamedTuple):
    """A comment with its mark; `line` counts from 0."""

    line: int
    text: str
    alone: bool
    """Whether nothing else stands on its line."""


@lru_cache(maxsize=256)
def code_comments(language: str, code: str) -> tuple[Comment, ...]:
    """Return the line comments of a block of code; none in a language whose comments are not read."""
    read = _READERS.get(language)
    return tuple(read(code)) if read else ()


def _python_comments(code: str) -> list[Comment]:
    found: list[Comment] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code, newline="\n").readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                found.append(Comment(line - 1, token.string.rstrip(), alone=not token.line[:column].strip()))
    except (tokenize.TokenError, SyntaxError):
        return found  # what stands before the broken place still counts
    return found


def _script_comments(code: str) -> list[Comment]:
    lines = code.split("\n")
    return [
        Comment(node.start_point.row, text_of(node).rstrip(), lines[node.start_point.row].lstrip().startswith("//"))
        for node in tree_nodes(parse_script(code))
        if node.type == "comment" and text_of(node).startswith("//")
    ]


_READERS: Mapping[str, Callable[[str], list[Comment]]] = {
    "python": _python_comments,
    "javascript": _script_comments,
    "typescript": _script_comments,
}

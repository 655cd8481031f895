"""What comments in a code block say that it raises: `# raises ValueError`, `// Throws ERR_OUT_OF_RANGE`.

Only a statement at the top level counts that nothing around it handles: there the error ends the program, and what
stands below it never runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from corpus.comments import Comment, code_comments
from corpus.javascript import parse_script, text_of
from corpus.python_code import parse_python

ANY_ERROR = "*"

_NAME = r"(?:[A-Za-z_][\w.]*\.)?(?:[A-Z]\w*(?:Error|Exception|Interrupt|Iteration|Group|Exit)|ERR_\w+)"
_NAMED = re.compile(
    rf"""^(?://|\#)[ \t]*(?:(?:->|=>|→|⇒)[ \t]*)?(?:\w+[ \t]+)?
         (?:(?i:throws?|raises?|rejects\ with)[ \t]+(?:an?[ \t]+)?[`'"\[]?(?P<raised>{_NAME})
            (?!\W*\b(?:if|when|unless|on|for)\b)
         |  [`\[]?(?P<shown>{_NAME})[`\]]?(?=\s*(?:$|:|\[|!)))""",
    re.VERBOSE,
)
_UNNAMED = re.compile(
    r"^(?://|#)[ \t]*(?:.*\b)?(?:throws|raises|fails with|ends in) (?:an? )?(?:error|exception)\b", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:not|never|no longer|cannot)\b|n't\b", re.IGNORECASE)
_HANDLERS = ("raises", "suppress", "assertRaises", "assertRaisesRegex", "throws", "rejects", "catch")


@dataclass(frozen=True, slots=True)
class StatedError:
    """The error that ends a block; `line` counts from 0 in its code."""

    name: str
    """Of the exception or its code; `*` where the comment names none."""
    line: int


@lru_cache(maxsize=256)
def stated_error(language: str, code: str) -> StatedError | None:
    """Return the first error that a comment says the code ends with; None when there is none."""
    comments = [(comment, name) for comment in code_comments(language, code) if (name := _error_name(comment.text))]
    if not comments:
        return None
    unhandled = _unhandled_lines(language, code)
    lines = code.split("\n")
    for comment, name in comments:
        if _line_spoken_of(lines, comment) in unhandled:
            return StatedError(name, comment.line)
    return None


def _error_name(comment: str) -> str:
    if _DENIED.search(comment.partition(":")[0]):
        return ""
    match = _NAMED.match(comment)
    if match is not None:
        return match["raised"] or match["shown"] or ""
    return ANY_ERROR if _UNNAMED.match(comment) else ""


def _line_spoken_of(lines: Sequence[str], comment: Comment) -> int:
    """Return the line that a comment is about: its own, or that of the code above it; -1 where code follows it at once.

    Then nothing tells whether it speaks of what is above or below.
    """
    if not comment.alone:
        return comment.line
    above = below = comment.line
    while above >= 0 and _is_comment(lines[above]):
        above -= 1
    while below < len(lines) and _is_comment(lines[below]):
        below += 1
    return above if below == len(lines) or not lines[below].strip() else -1


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//"))


def _unhandled_lines(language: str, code: str) -> frozenset[int]:
    """Return the lines of statements at the top level whose errors end the program."""
    if language == "python":
        return frozenset(_python_lines(code))
    if language == "javascript":
        return frozenset(_script_lines(parse_script(code)))
    return frozenset()


def _python_lines(code: str) -> Iterable[int]:
    try:
        body = parse_python(code).body
    except SyntaxError:
        return
    for node in body:
        simple = isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Raise | ast.Assert)
        simple = simple or isinstance(node, ast.Delete | ast.Import | ast.ImportFrom)
        if simple and not any(getattr(each, "attr", getattr(each, "id", "")) in _HANDLERS for each in ast.walk(node)):
            yield from range(node.lineno - 1, node.end_lineno or node.lineno)


def _script_lines(root: Node) -> Iterable[int]:
    for node in root.named_children:
        simple = node.type in ("expression_statement", "lexical_declaration", "variable_declaration", "throw_statement")
        if simple and not any(f".{handler}(" in text_of(node) for handler in _HANDLERS):
            yield from range(node.start_point.row, node.end_point.row + 1)

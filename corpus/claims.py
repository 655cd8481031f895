"""What comments in a code block say that it prints.

A claim is a marker and a value: `# -> 3`, `# => 3`, `#> 3`, `# prints: 3`, `# Output: 3`, or `# Output:` alone with
the comment lines below it. `->` and `=>` count only beside a print, because they also explain values. Python is read
with its own tokenizer and syntax tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.comments import Comment, code_comments
from corpus.javascript import parse_script, text_of, tree_nodes
from corpus.python_code import parse_python
from corpus.stated_errors import stated_error

_CLAIM = re.compile(
    r"""^(?://|\#)(?:
        >[ \t](?P<shown>.*)
      | [ \t]*(?:->|=>|→|⇒)[ \t]*(?P<value>\S.*)
      | [ \t]*(?:prints?|printed|outputs?|logs)[ \t]*:(?P<named>.*)
      | [ \t]*(?:prints?|outputs?|logs)[ \t]+(?P<quoted>"[^"]*"|'[^']*')(?:\W.*)?
      | [ \t]*(?:prints?|outputs?|logs)[ \t]+(?P<literal>[-\d\[{(].*|true|false|null|None)
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_VARIES = re.compile(r"\b(?:may|will|can)\ (?:vary|differ)\b|\bvaries\b")
_COMMENT_MARK = re.compile(r"^(?://|#) ?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One stated value; `line` counts from 0 in the block's code."""

    line: int
    text: str
    scope: int = 0
    """Line of the innermost function that holds it, from 1; 0 at the top level."""
    whole: bool = False
    """True for the lines of an "Output:" comment after the code: together they are all that is printed."""
    about: int = 0
    """Line, from 0, of the code that the comment stands behind or below."""


def code_claims(language: str, code: str) -> tuple[Claim, ...]:
    """Return what comments in the code say that it prints, in the order of the lines, up to an error that ends it."""
    find_prints = _PRINTS.get(language)
    if find_prints is None:
        return ()
    error = stated_error(language, code)
    claims = _claims(code, code_comments(language, code), find_prints(code))
    return tuple(claim for claim in claims if error is None or claim.line < error.line)


def has_prints(language: str, code: str) -> bool:
    """Tell whether the code itself prints; True in a language whose prints are not found."""
    find_prints = _PRINTS.get(language)
    return find_prints is None or bool(find_prints(code))


def _claims(code: str, comments: Sequence[Comment], prints: dict[int, int]) -> Iterator[Claim]:
    """`prints` maps each line of a print to its scope."""
    last_code_line = _last_code_line(code, comments)
    if last_code_line < 0:
        return  # comments alone print nothing
    previous = Comment(-2, "", alone=False)
    print_line = block_line = -2
    for comment in comments:
        follows = comment.alone and comment.line == previous.line + 1
        if not follows:
            print_line = comment.line - comment.alone
        scope, match = prints.get(print_line, 0), _CLAIM.match(comment.text)
        if match is None and follows and block_line == previous.line:
            block_line = comment.line
            whole = comment.line > last_code_line
            yield Claim(comment.line, _COMMENT_MARK.sub("", comment.text), scope, whole, print_line)
        elif match is not None:
            text = (
                match["shown"] or match["value"] or match["named"] or match["quoted"] or match["literal"] or ""
            ).strip()
            if match["named"] is not None and not text and comment.alone:
                block_line = comment.line
            if text and not _VARIES.search(text) and (match["value"] is None or print_line in prints):
                yield Claim(comment.line, text, scope, about=print_line)
        previous = comment


def _last_code_line(code: str, comments: Sequence[Comment]) -> int:
    alone = {comment.line for comment in comments if comment.alone}
    return max(
        (number for number, line in enumerate(code.split("\n")) if line.strip() and number not in alone), default=-1
    )


def _python_prints(code: str) -> dict[int, int]:
    """Map the lines (from 0) of calls of print to the line of the function around them (from 1, else 0)."""
    try:
        pending: list[tuple[ast.AST, int]] = [(parse_python(code), 0)]
    except SyntaxError:
        return {}
    found: dict[int, int] = {}
    while pending:
        node, scope = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            scope = node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint"):
            found.update(dict.fromkeys(range(node.lineno - 1, node.end_lineno or node.lineno), scope))
        pending.extend((child, scope) for child in ast.iter_child_nodes(node))
    return found


def _script_prints(code: str) -> dict[int, int]:
    """Map the lines of calls of the console to scope 0."""
    found: dict[int, int] = {}
    for node in tree_nodes(parse_script(code)):
        if node.type == "call_expression" and text_of(node.child_by_field_name("function")).startswith("console."):
            found.update(dict.fromkeys(range(node.start_point.row, node.end_point.row + 1), 0))
    return found


_PRINTS: Mapping[str, Callable[[str], dict[int, int]]] = {
    "python": _python_prints,
    "javascript": _script_prints,
    "typescript": _script_prints,
}
"""What finds the lines of prints, by language; the comments of no other are read."""

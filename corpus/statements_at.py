"""Which lines the statement has that stands at a line of a block of code."""

from __future__ import annotations

import ast

from corpus.javascript import parse_script, tree_nodes
from corpus.python_code import parse_python

_SCRIPT_STATEMENTS = frozenset(
    {"expression_statement", "lexical_declaration", "variable_declaration", "return_statement", "throw_statement"}
)


def lines_of_statement(language: str, code: str, line: int) -> range:
    """Return the lines (from 0) of the innermost simple statement that holds a line; that line alone when none does."""
    spans = [span for span in (_python_spans(code) if language == "python" else _script_spans(code)) if line in span]
    return min(spans, key=len, default=range(line, line + 1))


def _python_spans(code: str) -> list[range]:
    try:
        tree = parse_python(code)
    except SyntaxError:
        return []
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body"))
    return [range(node.lineno - 1, node.end_lineno or node.lineno) for node in nodes]


def _script_spans(code: str) -> list[range]:
    nodes = (node for node in tree_nodes(parse_script(code)) if node.type in _SCRIPT_STATEMENTS)
    return [range(node.start_point.row, node.end_point.row + 1) for node in nodes]

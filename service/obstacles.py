"""What keeps a piece of Python code from running here whatever is added to it: input, the network, code that was left
out.

Only what is certain counts: a call behind a condition, or one whose failure the code handles, is left to the run.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from service.modules import mentions
from service.python_names import Statement

_HOST_CALLS = frozenset(
    {
        "open_connection",
        "create_connection",
        "urlopen",
        "HTTPConnection",
        "HTTPSConnection",
        "getaddrinfo",
        "gethostbyname",
    }
)
_THIS_MACHINE = ("localhost", "127.", "0.0.0.0", "::1")  # noqa: S104  (compared with, not listened on)


def needs_input(executed: Sequence[Statement], bound: frozenset[str]) -> bool:
    """Tell whether executed code asks its user for input."""
    return "input" not in bound and any("input" in each.reads | each.reads_later for each in executed)


def needs_network(executed: Sequence[Statement]) -> str:
    """Return the host that executed code is certain to connect to; empty when there is none."""
    for statement in executed:
        for call in _unguarded_calls(statement.nodes):
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in _HOST_CALLS and (host := _literal_host(call)) and not host.startswith(_THIS_MACHINE):
                return host
    return ""


def _unguarded_calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    pending = deque(nodes)
    while pending:
        node = pending.popleft()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.If | ast.Try | ast.TryStar | ast.IfExp):
            continue
        if isinstance(node, ast.With) and mentions(node.items[0].context_expr, "suppress"):
            continue
        pending.extend(ast.iter_child_nodes(node))


def _literal_host(call: ast.Call) -> str:
    first: ast.expr | None = call.args[0] if call.args else None
    if isinstance(first, ast.Tuple) and first.elts:
        first = first.elts[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    scheme, separator, rest = first.value.partition("://")
    if separator and scheme not in ("http", "https", "ftp"):
        return ""
    return (rest if separator else first.value).partition("/")[0]


def left_out(statements: Sequence[Statement], executed: Sequence[Statement]) -> str:
    """Say which part of the code is only hinted at with `...`; empty when all is there."""
    for statement in statements:
        if any(_is_ellipsis(node) for node in statement.nodes):
            return f"`...` on line {statement.first_line} stands for code that was left out"
    for statement in executed:
        for node in statement.nodes:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.decorator_list
                and _is_hollow(node)
            ):
                return f"the body of `{node.name}` was left out"
    return ""


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def _is_hollow(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return bool(body) and all(_is_ellipsis(node) for node in body)

"""Which names a piece of Python code binds and which it needs, read off the compiler's own symbol tables.

Code is cut into its top-level statements, because that is what one block of notes borrows from another. Nothing is
executed.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from corpus.python_code import parse_python
from service.modules import imported_modules
from service.statements import Statement

ALWAYS_BOUND = frozenset(dir(builtins)) | {
    "__name__",
    "__file__",
    "__doc__",
    "__builtins__",
    "__spec__",
    "__annotations__",
}
_INNER_EXPRESSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class PythonStatement(Statement):
    """A statement with its syntax trees."""

    nodes: tuple[ast.stmt, ...] = ()


@lru_cache(maxsize=512)
def split_statements(code: str) -> tuple[PythonStatement, ...]:
    """Cut code into its top-level statements. Raises `SyntaxError`."""
    lines = code.split("\n")
    return tuple(_statement(nodes, first, last, lines) for first, last, nodes in _line_groups(parse_python(code).body))


def _line_groups(body: Sequence[ast.stmt]) -> Iterator[tuple[int, int, tuple[ast.stmt, ...]]]:
    group: list[ast.stmt] = []
    first = last = 0
    for node in body:
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        if group and start > last:
            yield first, last, tuple(group)
            group = []
        first = first if group else start
        last = max(last, node.end_lineno or node.lineno)
        group.append(node)
    if group:
        yield first, last, tuple(group)


def _statement(nodes: tuple[ast.stmt, ...], first: int, last: int, lines: Sequence[str]) -> PythonStatement:
    code = "\n".join(lines[first - 1 : last])
    binds: set[str] = set()
    reads: set[str] = set()
    later: set[str] = set()
    augmented = _augmented(nodes)
    try:
        top = symtable.symtable(code, "<example>", "exec")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise SyntaxError(str(error)) from None
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            reads.add(symbol.get_name())
    reads |= augmented.top
    pending = [(child, False) for child in top.get_children()]
    while pending:
        table, called_later = pending.pop()
        called_later = called_later or (table.get_type() == "function" and table.get_name() not in _INNER_EXPRESSIONS)
        for symbol in table.get_symbols():
            if symbol.is_global() and symbol.is_assigned() and symbol.get_name() not in augmented.inside:
                binds.add(symbol.get_name())
            elif symbol.is_global():
                (later if called_later else reads).add(symbol.get_name())
        pending.extend((child, called_later) for child in table.get_children())
    return PythonStatement(
        first_line=first,
        last_line=last,
        code=code,
        binds=frozenset(binds),
        reads=frozenset(reads),
        reads_later=frozenset(later),
        reads_first=frozenset(binds & reads) if _binds_last(nodes) else frozenset(),
        modules=tuple(imported_modules(nodes)),
        is_definition=all(isinstance(node, Definition) for node in nodes),
        nodes=nodes,
    )


def imports_everything(statements: Sequence[PythonStatement]) -> bool:
    """Tell whether a `from … import *` may bind any name."""
    nodes = (node for each in statements for node in each.nodes)
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)


class _Augmented(NamedTuple):
    """Names that `+=` and the like change, at the top level and in functions: they need a value before."""

    top: frozenset[str]
    inside: frozenset[str]


def _augmented(nodes: Sequence[ast.stmt]) -> _Augmented:
    found: tuple[set[str], set[str]] = set(), set()
    pending: list[tuple[ast.AST, bool]] = [(node, False) for node in nodes]
    while pending:
        node, inside = pending.pop()
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found[inside].add(node.target.id)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        pending.extend((child, inside or isinstance(node, ast.ClassDef)) for child in ast.iter_child_nodes(node))
    return _Augmented(*map(frozenset, found))


def _binds_last(nodes: Sequence[ast.stmt]) -> bool:
    """Tell whether a statement reads all that it reads before it binds a name: a single assignment does."""
    (node, *others) = nodes
    single = isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and not others
    return single and not any(isinstance(each, ast.NamedExpr) for each in ast.walk(node))

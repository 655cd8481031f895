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
    try:
        top = symtable.symtable(code, "<example>", "exec")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise SyntaxError(str(error)) from None
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            binds.add(symbol.get_name())
        if symbol.is_referenced():
            reads.add(symbol.get_name())
    pending = [(child, False) for child in top.get_children()]
    while pending:
        table, called_later = pending.pop()
        called_later = called_later or (table.get_type() == "function" and table.get_name() not in _INNER_EXPRESSIONS)
        for symbol in table.get_symbols():
            if symbol.is_global() and symbol.is_assigned():
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
        modules=tuple(imported_modules(nodes)),
        is_definition=all(isinstance(node, Definition) for node in nodes),
        nodes=nodes,
    )


def imports_everything(statements: Sequence[PythonStatement]) -> bool:
    """Tell whether a `from … import *` may bind any name."""
    nodes = (node for each in statements for node in each.nodes)
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)

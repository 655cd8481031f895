"""Which names a piece of Python code binds and which it needs, read off the compiler's own symbol tables.

Code is cut into its top-level statements, because that is what one block of notes borrows from another. Nothing is
executed.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from corpus.python_code import parse_python

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
class Statement:
    """A top-level statement (or several that share a line); lines are 1-based and inclusive."""

    first_line: int
    last_line: int
    code: str
    nodes: tuple[ast.stmt, ...]
    binds: frozenset[str]
    """Names that it gives a value at the top level."""
    reads: frozenset[str]
    """Names that it needs when it is executed."""
    reads_later: frozenset[str] = field(default=frozenset())
    """Names that the functions in it need when they are called."""

    @property
    def is_definition(self) -> bool:
        """Whether it only defines a function or a class: what stands in a function waits until it is called."""
        return all(isinstance(node, Definition) for node in self.nodes)


@lru_cache(maxsize=512)
def split_statements(code: str) -> tuple[Statement, ...]:
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


def _statement(nodes: tuple[ast.stmt, ...], first: int, last: int, lines: Sequence[str]) -> Statement:
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
    return Statement(first, last, code, nodes, frozenset(binds), frozenset(reads), frozenset(later))


def executed_statements(statements: Sequence[Statement], called: str = "") -> list[Statement]:
    """Return the statements of which more than a definition is executed when the code runs.

    `called` names a function that will be called beside what the code itself calls. A function counts as called where
    its name is mentioned.
    """
    definitions: dict[str, list[int]] = {}
    for position, each in enumerate(statements):
        for name in each.binds if each.is_definition else ():
            definitions.setdefault(name, []).append(position)
    executed = {position for position, each in enumerate(statements) if not each.is_definition}
    mentioned = [called, *(name for each in statements for name in each.reads)]
    mentioned += [name for position in executed for name in statements[position].reads_later]
    while mentioned:
        for position in definitions.pop(mentioned.pop(), ()):
            if position not in executed:
                executed.add(position)
                mentioned += statements[position].reads_later
    return [statements[position] for position in sorted(executed)]


def needed_names(statements: Sequence[Statement], called: str = "") -> set[str]:
    """Return the names that a run needs and the code does not bind; functions that nobody calls need none."""
    bound = ALWAYS_BOUND.union(*(each.binds for each in statements))
    executed = executed_statements(statements, called)
    reads = {name for each in statements for name in each.reads}
    return reads.union(*(each.reads_later for each in executed)) - bound


def imports_everything(statements: Sequence[Statement]) -> bool:
    """Tell whether a `from … import *` may bind any name."""
    nodes = (node for each in statements for node in each.nodes)
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)

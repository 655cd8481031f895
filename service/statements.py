"""Top-level statements of a piece of code, in any language: which names each binds and which it needs.

That is what one block of notes borrows from another. Reading a language's code into statements is up to its own
module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement (or several that share a line); lines are 1-based and inclusive."""

    first_line: int
    last_line: int
    code: str
    binds: frozenset[str]
    """Names that it gives a value at the top level."""
    reads: frozenset[str]
    """Names that it needs when it is executed."""
    reads_later: frozenset[str] = field(default=frozenset())
    """Names that the functions in it need when they are called."""
    reads_first: frozenset[str] = field(default=frozenset())
    """Those of `reads` that it needs before it binds them itself, as in `x = x + 1`."""
    modules: tuple[str, ...] = ()
    """Modules that it imports, but those whose absence the code handles."""
    is_definition: bool = False
    """Whether it only defines a function or a class: what stands in a function waits until it is called."""


AnyStatement = TypeVar("AnyStatement", bound=Statement)


def executed_statements(statements: Sequence[AnyStatement], called: str = "") -> list[AnyStatement]:
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


def bound_names(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names that the code gives a value at its top level."""
    return frozenset().union(*(each.binds for each in statements))


def needed_names(statements: Sequence[Statement], called: str = "") -> frozenset[str]:
    """Return the names that a run needs and the code does not bind in time; functions that nobody calls need none."""
    executed = executed_statements(statements, called)
    reads = frozenset().union(*(each.reads for each in statements), *(each.reads_later for each in executed))
    needed, bound = set(reads - bound_names(statements)), set[str]()
    for each in statements:
        needed |= each.reads_first - bound
        bound |= each.binds
    return frozenset(needed)


def missing_reason(names: Sequence[str]) -> str:
    """Say which names are defined nowhere."""
    listed = ", ".join(f"`{name}`" for name in names)
    verb = "name {} is" if len(names) == 1 else "names {} are"
    return f"fragment: {verb.format(listed)} defined nowhere before it on the page"

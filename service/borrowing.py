"""Find what a block of code needs: in earlier blocks of its page, the closest first, else among the standard library's
modules.

Only the statements that define a needed name are taken, with what these need themselves, never a whole block: what
the block above prints is not this block's output.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from corpus.document import Example
from corpus.outputs import is_session, runnable_code, session_examples
from service.assembly import Addition
from service.modules import standard_import
from service.python_names import ALWAYS_BOUND, Import, Statement, split_statements
from service.wrapping import session_source

_MOST_BLOCKS = 200
"""Of the closest earlier blocks that are searched; it bounds the work on a page with thousands of them."""


def python_source(example: Example) -> str:
    """Return an example's Python code: a session without its prompts, any other block without a foreign comment."""
    if is_session(example.code):
        return session_source(session_examples(example.code))
    return runnable_code(example)


def earlier_blocks(example: Example, page_examples: Sequence[Example]) -> list[Example]:
    """Return the Python blocks of the page that stand before the example, in the same group where one is named."""
    group = example.annotations.get("group")
    blocks = [
        each
        for each in page_examples
        if each.language == "python" and each.start_line < example.start_line and each.annotations.get("group") == group
    ]
    return blocks[-_MOST_BLOCKS:]


class Borrower:
    """Collects what is to stand before one block of code."""

    def __init__(self, blocks: Sequence[Example], bound: Iterable[str]) -> None:
        """Take the blocks to look in, in order, and the names that the code binds itself."""
        self._blocks = [(block, statements) for block in blocks if (statements := _statements(block))]
        self._settled = set(bound) | ALWAYS_BOUND
        self._found: dict[tuple[int, int, str], Addition] = {}
        self._nodes: list[ast.AST] = []
        self.missing: set[str] = set()
        """Names that were found nowhere."""

    def need(self, names: Iterable[str], nodes: Sequence[ast.AST]) -> None:
        """Find `names`, which `nodes` use, and all that the findings need."""
        pending = [(name, len(self._blocks), nodes) for name in sorted(names)]
        while pending:
            name, before, users = pending.pop(0)
            if name in self._settled:
                continue
            place = self._definition(name, before)
            if place is None:
                self._from_library(name, users)
                continue
            block, position = place
            statement = self._blocks[block][1][position]
            self._take(block, position, statement, name)
            pending += [(each, block + 1, statement.nodes) for each in sorted(statement.reads | statement.reads_later)]

    def additions(self) -> tuple[Addition, ...]:
        """Return what was found, in the order of the page; imports of the standard library first."""
        return tuple(self._found[place] for place in sorted(self._found))

    def nodes(self) -> tuple[ast.AST, ...]:
        """Return the syntax trees of what was taken from other blocks."""
        return tuple(self._nodes)

    def _definition(self, name: str, before: int) -> tuple[int, int] | None:
        for block in range(before - 1, -1, -1):
            statements = self._blocks[block][1]
            for position in range(len(statements) - 1, -1, -1):
                if name in statements[position].binds:
                    return block, position
        return None

    def _take(self, block: int, position: int, statement: Statement, name: str) -> None:
        example = self._blocks[block][0]
        offset = example.start_line - 1
        lines = f"{example.path}:{offset + statement.first_line}-{offset + statement.last_line}"
        why = f"`{name}` is defined there, and not in the block"
        imports = [
            single for node in statement.nodes if isinstance(node, Import) and (single := _import_of(node, name))
        ]
        if imports and all(isinstance(node, Import) for node in statement.nodes):
            self._settled.add(name)
            self._nodes += imports
            self._found[block, position, name] = Addition("import", lines, ast.unparse(imports[-1]), why)
            return
        self._settled |= statement.binds
        self._nodes += statement.nodes
        self._found[block, position, ""] = Addition("definition", lines, statement.code, why)

    def _from_library(self, name: str, users: Sequence[ast.AST]) -> None:
        statement = standard_import(name, users)
        if not statement:
            self.missing.add(name)
            return
        self._settled.add(name)
        self._found[-1, 0, name] = Addition(
            "import", "", statement, f"`{name}` is used and imported nowhere in the block"
        )


def _statements(block: Example) -> tuple[Statement, ...]:
    try:
        return split_statements(python_source(block))
    except SyntaxError:
        return ()


def _import_of(node: Import, name: str) -> Import | None:
    """Return the import of one name alone, so that a package that nothing else needs is not asked for."""
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) == name:
            names = [alias]
            return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
    return None

"""Find what a block of code needs: in earlier blocks of its page, the closest first, else among the modules that its
language brings along.

Only the statements that define a needed name are taken, with what these need themselves, never a whole block: what
the block above prints is not this block's output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, Protocol

from corpus.document import Example
from service.assembly import Addition
from service.statements import AnyStatement

_MOST_BLOCKS = 200
"""Of the closest earlier blocks that are searched; it bounds the work on a page with thousands of them."""


_Place = tuple[int, int]
"""A block, by its position among the earlier ones, and a statement in it."""


class Grammar(Protocol[AnyStatement]):
    """What has to be known of a language to borrow code in it."""

    always_bound: frozenset[str]
    """Names that every program has."""
    redefines: bool
    """Whether a name may be defined twice at the top level, the later definition in place of the earlier one."""

    def split(self, code: str) -> Sequence[AnyStatement]:
        """Cut code into its top-level statements. Raises `SyntaxError`."""

    def source(self, example: Example) -> str:
        """Return an example's code as it would run."""

    def single_import(self, statement: AnyStatement, name: str) -> str:
        """Return an import of one name alone where a statement is nothing but imports; else empty.

        So a package that nothing else needs is not asked for.
        """

    def library_import(self, name: str, users: Sequence[AnyStatement]) -> str:
        """Return the import of what the language's own library calls so, as the users use it; else empty."""


def earlier_blocks(example: Example, page_examples: Sequence[Example]) -> list[Example]:
    """Return the page's blocks of the same language before the example, in the same group where one is named."""
    group = example.annotations.get("group")
    blocks = [
        each
        for each in page_examples
        if each.language == example.language
        and each.start_line < example.start_line
        and each.annotations.get("group") == group
    ]
    return blocks[-_MOST_BLOCKS:]


class Borrower(Generic[AnyStatement]):
    """Collects what is to stand before one block of code."""

    def __init__(self, grammar: Grammar[AnyStatement], blocks: Sequence[Example], bound: Iterable[str]) -> None:
        """Take the blocks to look in, in order, and the names that the code binds itself."""
        self._grammar = grammar
        self._blocks = [(block, found) for block in blocks if (found := self._statements(block))]
        self._bound = frozenset(bound)
        self._settled = set(self._bound) | grammar.always_bound
        self._found: dict[tuple[int, int, str], Addition] = {}
        self.taken: list[AnyStatement] = []
        """What was taken from other blocks and from the library."""
        self.missing: set[str] = set()
        """Names that were found nowhere."""

    def need(self, names: Iterable[str], users: Sequence[AnyStatement]) -> None:
        """Find `names`, which `users` use, and all that the findings need."""
        pending = [(name, (len(self._blocks), 0), users) for name in sorted(names)]
        while pending:
            name, before, users = pending.pop(0)
            if name in self._settled:
                continue
            place = self._definition(name, before)
            if place is None:
                self._from_library(name, users)
            else:
                pending += self._take(name, place)

    def follow(self) -> bool:
        """Take what the earlier blocks do with the values that were found; tell whether there is anything."""
        values = {name for each in self.taken if not each.is_definition for name in each.binds}
        for block, (example, statements) in enumerate(self._blocks):
            for position, statement in enumerate(statements):
                place = (block, position, "")
                if statement.is_definition or place in self._found or not statement.reads & values:
                    continue
                lines = self._lines(example, statement)
                self._found[place] = Addition("statement", lines, statement.code, "it works on a value from there")
                self.taken.append(statement)
                self.need(statement.reads | statement.reads_later, [statement])
        return any(each.what == "statement" for each in self._found.values())

    def additions(self) -> tuple[Addition, ...]:
        """Return what was found, in the order of the page; imports of the standard library first."""
        return tuple(self._found[place] for place in sorted(self._found))

    def _definition(self, name: str, before: _Place) -> _Place | None:
        """Return the closest statement that binds a name, before a place."""
        for block in range(min(before[0], len(self._blocks) - 1), -1, -1):
            statements = self._blocks[block][1]
            last = before[1] if block == before[0] else len(statements)
            for position in range(last - 1, -1, -1):
                if name in statements[position].binds and self._fits(statements[position]):
                    return block, position
        return None

    def _fits(self, statement: AnyStatement) -> bool:
        """Tell whether a statement may stand before the code, which may not define the same names again."""
        return self._grammar.redefines or not statement.binds & (self._settled - self._grammar.always_bound)

    def _take(self, name: str, place: _Place) -> list[tuple[str, _Place, Sequence[AnyStatement]]]:
        """Take the statement at a place for a name, and return what it needs itself, and before which place."""
        block, position = place
        example, statements = self._blocks[block]
        statement = statements[position]
        lines = self._lines(example, statement)
        why = f"`{name}` is defined there, and not in the block"
        if code := self._grammar.single_import(statement, name):
            self._settled.add(name)
            self.taken += self._grammar.split(code)
            self._found[block, position, name] = Addition("import", lines, code, why)
        else:
            self._settled |= statement.binds - statement.reads_first
            self.taken.append(statement)
            self._found[block, position, ""] = Addition("definition", lines, statement.code, why)
        others = sorted((statement.reads | statement.reads_later) - statement.reads_first)
        first = [(each, place) for each in sorted(statement.reads_first)]
        return [(each, at, [statement]) for each, at in [*((each, (block + 1, 0)) for each in others), *first]]

    def _from_library(self, name: str, users: Sequence[AnyStatement]) -> None:
        code = self._grammar.library_import(name, users)
        if not code:
            self.missing.add(name)
            return
        self._settled.add(name)
        self.taken += self._grammar.split(code)
        self._found[-1, 0, name] = Addition("import", "", code, f"`{name}` is used and imported nowhere in the block")

    @staticmethod
    def _lines(example: Example, statement: AnyStatement) -> str:
        offset = example.start_line - 1
        return f"{example.path}:{offset + statement.first_line}-{offset + statement.last_line}"

    def _statements(self, block: Example) -> Sequence[AnyStatement]:
        try:
            return self._grammar.split(self._grammar.source(block))
        except SyntaxError:
            return ()

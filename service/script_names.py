"""Which names a piece of JavaScript binds and which it needs, read off its syntax tree with the language's scopes.

Code is cut into its top-level statements, because that is what one block of notes borrows from another. Nothing is
executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tree_sitter import Node

from corpus.javascript import first_fault, parse_script, string_of, text_of
from service.script_scopes import (
    BINDING_WORDS,
    CLASSES,
    DEFINITIONS,
    FUNCTIONS,
    block_names,
    hoisted_names,
    lexical_names,
    pattern_names,
)
from service.statements import Statement

_BLOCKS = frozenset(
    {"statement_block", "for_statement", "for_in_statement", "switch_body", "catch_clause", "class_static_block"}
)
_PATTERNS = frozenset({"object_pattern", "array_pattern", "assignment_pattern", "object_assignment_pattern"})
_READING_WORDS = frozenset({"identifier", "shorthand_property_identifier"})


@dataclass(frozen=True, slots=True)
class ScriptStatement(Statement):
    """A statement with its syntax trees, and with what it asks of names that it does not bind in a function."""

    uses: frozenset[tuple[str, str]] = frozenset()
    """Name and property, as in `name.property`; the property is empty for any other use."""
    nodes: tuple[Node, ...] = ()


@lru_cache(maxsize=512)
def split_script(code: str) -> tuple[ScriptStatement, ...]:
    """Cut code into its top-level statements. Raises `SyntaxError`."""
    root = parse_script(code)
    if fault := first_fault(root):
        raise SyntaxError("no JavaScript", ("<example>", fault, 0, None))
    lines = code.split("\n")
    try:
        return tuple(_statement(group, lines) for group in _line_groups(root))
    except RecursionError:
        raise SyntaxError("nested too deeply", ("<example>", 1, 0, None)) from None


def _line_groups(root: Node) -> Iterator[list[Node]]:
    group: list[Node] = []
    for node in root.named_children:
        if node.type in ("comment", "hash_bang_line", "empty_statement"):
            continue
        if group and node.start_point.row > group[-1].end_point.row:
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _statement(nodes: Sequence[Node], lines: Sequence[str]) -> ScriptStatement:
    reading = _Reading()
    for node in nodes:
        reading.binds |= {*lexical_names(node), *hoisted_names(node)}
        reading.read(node, (), later=False)
    first, last = nodes[0].start_point.row, nodes[-1].end_point.row
    return ScriptStatement(
        first_line=first + 1,
        last_line=last + 1,
        code="\n".join(lines[first : last + 1]),
        binds=frozenset(reading.binds),
        reads=frozenset(reading.reads),
        reads_later=frozenset(reading.reads_later),
        modules=tuple(reading.modules),
        is_definition=all(_only_defines(node) for node in nodes),
        uses=frozenset(reading.uses),
        nodes=tuple(nodes),
    )


def _only_defines(node: Node) -> bool:
    if node.type == "export_statement":
        declared = node.child_by_field_name("declaration")
        return declared is not None and _only_defines(declared)
    if node.type == "lexical_declaration":
        values = [child.child_by_field_name("value") for child in node.named_children]
        return all(value is not None and value.type in FUNCTIONS for value in values)
    return node.type in DEFINITIONS


_Scopes = tuple[frozenset[str], ...]


@dataclass(slots=True)
class _Reading:
    """Walks a statement with the scopes around each node, and gathers its names."""

    binds: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    reads_later: set[str] = field(default_factory=set)
    uses: set[tuple[str, str]] = field(default_factory=set)
    modules: list[str] = field(default_factory=list)
    _guarded: int = 0

    def read(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        match node.type:
            case kind if kind in _READING_WORDS:
                self._name(node, scopes, later=later)
            case kind if kind in FUNCTIONS:
                self._function(node, scopes, later=later)
            case kind if kind in CLASSES:
                self._class(node, scopes, later=later)
            case kind if kind in _BLOCKS:
                self._children(node, (*scopes, block_names(node)), later=later)
            case "import_statement":
                self._module(string_of(node.child_by_field_name("source")))
            case "export_statement" if source := node.child_by_field_name("source"):
                self._module(string_of(source))
            case "export_specifier":
                self._name(node.named_children[0], scopes, later=later)
            case "unary_expression" if node.children[0].type == "typeof" and node.children[-1].type == "identifier":
                return  # `typeof name` asks whether there is such a name
            case "member_expression" if node.named_children[0].type == "identifier":
                attribute = text_of(node.child_by_field_name("property"))
                self._name(node.named_children[0], scopes, later=later, attribute=attribute)
            case "call_expression":
                self._call(node, scopes)
                self._children(node, scopes, later=later)
            case "try_statement":
                self._try(node, scopes, later=later)
            case _:
                self._children(node, scopes, later=later)

    def _children(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        for position, child in enumerate(node.children):
            if not child.is_named:
                continue
            name = node.field_name_for_child(position)
            if self._is_target(node, name):
                self._pattern(child, scopes, later=later)
            else:
                self.read(child, scopes, later=later)

    @staticmethod
    def _is_target(node: Node, name: str | None) -> bool:
        return (node.type, name) in {
            ("variable_declarator", "name"),
            ("assignment_expression", "left"),
            ("for_in_statement", "left"),
            ("catch_clause", "parameter"),
        }

    def _name(self, node: Node, scopes: _Scopes, *, later: bool, attribute: str = "") -> None:
        name = text_of(node)
        if any(name in scope for scope in scopes):
            return
        (self.reads_later if later else self.reads).add(name)
        self.uses.add((name, attribute))

    def _pattern(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        """Read what is given a value: only default values and computed keys in it are needed."""
        if node.type in BINDING_WORDS:
            name = text_of(node)
            if not any(name in scope for scope in scopes):
                self.binds.add(name)
            return
        if node.type == "member_expression" and text_of(node.child_by_field_name("object")) in ("global", "globalThis"):
            self.binds.add(text_of(node.child_by_field_name("property")))
        if node.type not in (*_PATTERNS, "pair_pattern", "rest_pattern", "formal_parameters"):
            self.read(node, scopes, later=later)
            return
        for position, child in enumerate(node.children):
            if not child.is_named:
                continue
            if node.field_name_for_child(position) in ("key", "right"):
                self.read(child, scopes, later=later)
            else:
                self._pattern(child, scopes, later=later)

    def _function(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        if name is not None and name.type == "computed_property_name":
            self.read(name, scopes, later=later)
        own = {*pattern_names(parameters), "arguments"}
        own.update(hoisted_names(body) if body else ())
        if name is not None and name.type == "identifier":
            own.add(text_of(name))
        inside = (*scopes, frozenset(own))
        if parameters is not None:
            self._pattern(parameters, inside, later=True)
        if body is not None:
            self.read(body, inside, later=True)

    def _class(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        name = node.child_by_field_name("name")
        inside = (*scopes, frozenset({text_of(name)} if name else ()))
        for child in node.named_children:
            if child.type == "class_body":
                for member in child.named_children:
                    self._member(member, inside, later=later)
            elif child != name:
                self.read(child, inside, later=later)

    def _member(self, member: Node, scopes: _Scopes, *, later: bool) -> None:
        if member.type != "field_definition":
            self.read(member, scopes, later=later)
            return
        is_static = any(child.type == "static" for child in member.children)
        value = member.child_by_field_name("value")
        for child in member.named_children:
            self.read(child, scopes, later=later or (child == value and not is_static))

    def _call(self, node: Node, scopes: _Scopes) -> None:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None or not arguments.named_children:
            return
        is_require = text_of(function) == "require" and not any("require" in scope for scope in scopes)
        if is_require or function.type == "import":
            self._module(string_of(arguments.named_children[0]))

    def _try(self, node: Node, scopes: _Scopes, *, later: bool) -> None:
        for position, child in enumerate(node.children):
            guarded = node.field_name_for_child(position) == "body"
            self._guarded += guarded
            if child.is_named:
                self.read(child, scopes, later=later)
            self._guarded -= guarded

    def _module(self, name: str) -> None:
        if name and not self._guarded:
            self.modules.append(name)

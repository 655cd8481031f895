"""Which names the pieces of a JavaScript syntax tree declare: for their block, for the function around, for what is
inside them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from corpus.javascript import text_of

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "generator_function",
        "arrow_function",
        "method_definition",
    }
)
_HOISTED = frozenset({"function_declaration", "generator_function_declaration"})
DEFINITIONS = frozenset({*_HOISTED, "class_declaration"})
CLASSES = frozenset({"class_declaration", "class"})
BINDING_WORDS = frozenset({"identifier", "shorthand_property_identifier_pattern"})


def lexical_names(node: Node) -> Iterator[str]:
    """Yield the names that a statement itself declares for the block it stands in."""
    match node.type:
        case "lexical_declaration" | "variable_declaration":
            for child in node.named_children:
                yield from pattern_names(child.child_by_field_name("name"))
        case "import_statement":
            yield from _imported_names(node)
        case "export_statement":
            declared = node.child_by_field_name("declaration")
            yield from lexical_names(declared) if declared else ()
        case kind if kind in DEFINITIONS:
            yield text_of(node.child_by_field_name("name"))


def hoisted_names(node: Node) -> Iterator[str]:
    """Yield what `var` and nested function declarations give to the function around, from everywhere inside a node."""
    pending = [node]
    while pending:
        each = pending.pop()
        if each.type == "variable_declaration":
            yield from lexical_names(each)
        elif each.type == "for_in_statement" and text_of(each.child_by_field_name("kind")) == "var":
            yield from pattern_names(each.child_by_field_name("left"))
        elif each.type in _HOISTED:
            yield text_of(each.child_by_field_name("name"))
        if each.type not in FUNCTIONS and each.type not in CLASSES:
            pending.extend(each.named_children)


def pattern_names(node: Node | None) -> Iterator[str]:
    """Yield the names that a pattern binds: `a`, `{a, b: c = 1}`, `[d, ...e]`."""
    pending = [node] if node is not None else []
    while pending:
        each = pending.pop()
        if each.type in BINDING_WORDS:
            yield text_of(each)
        elif each.type == "pair_pattern":
            pending += [value for value in [each.child_by_field_name("value")] if value]
        elif each.type in ("assignment_pattern", "object_assignment_pattern"):
            pending += [left for left in [each.child_by_field_name("left")] if left]
        elif each.type in ("object_pattern", "array_pattern", "rest_pattern", "formal_parameters"):
            pending += each.named_children


def _imported_names(node: Node) -> Iterator[str]:
    pending = list(node.named_children)
    while pending:
        each = pending.pop()
        if each.type == "identifier":
            yield text_of(each)
        elif each.type == "import_specifier":
            yield text_of(each.child_by_field_name("alias") or each.child_by_field_name("name"))
        elif each.type in ("import_clause", "named_imports", "namespace_import"):
            pending += each.named_children


def block_names(node: Node) -> frozenset[str]:
    """Return the names that a block declares for what is inside it."""
    names = {name for child in node.named_children for name in lexical_names(child)}
    if node.type == "for_in_statement" and node.child_by_field_name("kind"):
        names.update(pattern_names(node.child_by_field_name("left")))
    elif node.type == "catch_clause":
        names.update(pattern_names(node.child_by_field_name("parameter")))
    elif node.type == "switch_body":
        names.update(
            name for case in node.named_children for child in case.named_children for name in lexical_names(child)
        )
    return frozenset(names)

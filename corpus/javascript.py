"""Parse JavaScript with tree-sitter: any text in, a syntax tree out, with its faults marked instead of raised.

Its relatives (TypeScript, JSX) parse well enough for their comments and calls to be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

LARGEST_SCRIPT = 50_000
"""Characters; what is longer is not parsed: the time for text that is no code grows faster than its length."""

_JAVASCRIPT = Language(tree_sitter_javascript.language())


@lru_cache(maxsize=64)
def parse_script(code: str) -> Node:
    """Return the root of the syntax tree; an empty one for code that is too long. Never raises."""
    text = code if len(code) <= LARGEST_SCRIPT else ""
    return Parser(_JAVASCRIPT).parse(text.encode("utf-8", "replace")).root_node


def tree_nodes(*roots: Node) -> Iterator[Node]:
    """Yield nodes with all that is inside them, in the order of the code."""
    pending = list(reversed(roots))
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.children))


def text_of(node: Node | None) -> str:
    """Return the characters of a node; empty when there is none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def string_of(node: Node | None) -> str:
    """Return what a plain string literal says, or a template without `${…}`; empty for anything else."""
    if node is None or node.type not in ("string", "template_string"):
        return ""
    return "" if any(child.type == "template_substitution" for child in node.children) else text_of(node)[1:-1]


def first_fault(root: Node) -> int:
    """Return the line (from 1) of the first thing that is no JavaScript, JSX among it; 0 when there is none."""
    for node in tree_nodes(root) if root.has_error else ():
        if node.is_error or node.is_missing:
            return node.start_point.row + 1
    return next((node.start_point.row + 1 for node in tree_nodes(root) if node.type.startswith("jsx_")), 0)

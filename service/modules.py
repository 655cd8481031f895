"""Which modules the standard library has, and what an import statement asks for."""

from __future__ import annotations

import ast
import importlib
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder

_NOT_IMPORTED_HERE = frozenset({"antigravity", "this", "idlelib", "turtle", "turtledemo", "tkinter", "test", "lib2to3"})
"""Importing these does something visible, or is slow."""


_WELL_KNOWN = {
    "abc": "ABC abstractmethod",
    "collections": "Counter OrderedDict defaultdict deque namedtuple",
    "concurrent.futures": "ProcessPoolExecutor ThreadPoolExecutor",
    "contextlib": "AsyncExitStack ExitStack asynccontextmanager contextmanager suppress",
    "dataclasses": "asdict dataclass",
    "datetime": "datetime timedelta timezone",
    "decimal": "Decimal",
    "enum": "Enum IntEnum StrEnum",
    "fractions": "Fraction",
    "functools": "cached_property lru_cache partial wraps",
    "pathlib": "Path",
    "typing": "Annotated Any AsyncGenerator AsyncIterator Awaitable Callable ClassVar Coroutine Dict Final Generic"
    " Iterable Iterator List Literal Mapping NamedTuple Optional Protocol Sequence Set Tuple Type TypedDict TypeVar"
    " Union",
    "uuid": "UUID uuid4",
}
WELL_KNOWN_NAMES = {name: module for module, names in _WELL_KNOWN.items() for name in names.split()}
"""Names that people leave the import of out, since everybody knows where they are from."""


def missing_package(modules: Iterable[str]) -> str:
    """Return the first package of some imported modules that the standard library does not have; else empty."""
    for module in modules:
        top = module.partition(".")[0]
        if top and top not in sys.stdlib_module_names and top != "__main__":
            return top
    return ""


def relative_import(nodes: Iterable[ast.AST]) -> str:
    """Return the first import that is relative to a package, as it is written after `from`; else empty."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.ImportFrom) and each.level:
                return "." * each.level + (each.module or "")
    return ""


def imported_modules(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield imported modules, but those whose absence the code handles or that only a type checker sees."""
    pending = deque(nodes)
    while pending:
        node = pending.popleft()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.Try) and any(_handles_import_error(handler) for handler in node.handlers):
            continue
        elif isinstance(node, ast.If) and mentions(node.test, "TYPE_CHECKING"):
            pending.extend(node.orelse)
            continue
        pending.extend(ast.iter_child_nodes(node))


def _handles_import_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or mentions(handler.type, "ImportError", "ModuleNotFoundError", "Exception")


def mentions(expression: ast.expr, *names: str) -> bool:
    """Tell whether an expression holds one of the names, alone or as an attribute."""
    return any(getattr(node, "id", getattr(node, "attr", "")) in names for node in ast.walk(expression))


def standard_import(name: str, nodes: Iterable[ast.AST]) -> str:
    """Return the import that binds `name` where the code uses it as a standard module, or as a well-known name of one.

    Every use of a module has to be an attribute that it has: a forgotten variable `queue` is not the module. Empty for
    any other name.
    """
    nodes = list(nodes)
    return _module_import(name, nodes) or (
        f"from {WELL_KNOWN_NAMES[name]} import {name}" if name in WELL_KNOWN_NAMES else ""
    )


def _module_import(name: str, nodes: Iterable[ast.AST]) -> str:
    if name not in sys.stdlib_module_names or name.startswith("_") or name in _NOT_IMPORTED_HERE:
        return ""
    chains = list(_attribute_chains(name, nodes))
    if not chains or not all(chains):
        return ""
    modules = {_longest_module(name, chain) for chain in chains}
    if not all(_has_attribute(_longest_module(name, chain), name, chain) for chain in chains):
        return ""
    return "import " + ", ".join(sorted(modules))


def _attribute_chains(name: str, nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ...]]:
    """Yield the attributes behind each use of a name (`a.b.c` gives `("b", "c")`); empty for a bare use."""
    for top in nodes:
        parents = {child: node for node in ast.walk(top) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(top):
            if isinstance(node, ast.Name) and node.id == name:
                chain: list[str] = []
                outer = parents.get(node)
                while isinstance(outer, ast.Attribute):
                    chain.append(outer.attr)
                    outer = parents.get(outer)
                yield tuple(chain)


def _longest_module(name: str, chain: tuple[str, ...]) -> str:
    """Return the longest dotted module at the start of a chain, found without importing anything."""
    module, spec = name, PathFinder.find_spec(name)
    for attribute in chain:
        if spec is None or spec.submodule_search_locations is None:
            break
        spec = PathFinder.find_spec(f"{module}.{attribute}", spec.submodule_search_locations)
        if spec is None:
            break
        module = f"{module}.{attribute}"
    return module


def _has_attribute(module: str, name: str, chain: tuple[str, ...]) -> bool:
    attributes = (name, *chain)[module.count(".") + 1 :]
    try:
        return not attributes or hasattr(importlib.import_module(module), attributes[0])
    except ImportError:
        return False

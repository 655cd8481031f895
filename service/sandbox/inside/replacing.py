"""Puts functions of ours in the place of built-in ones, so that types keep their identity, names and pickles.

A built-in type's own dictionary can't be reached by assignment, but the garbage collector hands it out. Whoever
uses this checks that the interpreter takes the new methods, and puts everything back where it does not.
"""

import gc
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any


class CannotReplace(Exception):
    """This interpreter does not take what is put in the place of its own."""


class Replacements:
    """What was replaced, so that it can be put back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []
        self._functions: dict[int, tuple[object, object]] = {}

    def method(self, kind: type, name: str, replacement: object) -> None:
        """Replace a method of a built-in type."""
        namespace = gc.get_referents(kind.__dict__)[0]
        if not isinstance(namespace, dict) or name not in namespace:
            raise CannotReplace(f"{kind.__name__}.{name}")
        self._put(namespace, name, replacement)

    def attribute(self, owner: object, name: str, replacement: object) -> None:
        """Replace an attribute of a module or a class written in Python. Raises `CannotReplace`."""
        if name not in vars(owner):
            raise CannotReplace(f"{owner!r}.{name}")
        self._undo.append(partial(setattr, owner, name, vars(owner)[name]))
        setattr(owner, name, replacement)

    def function(self, module: object, name: str, replacement: Callable[..., Any]) -> None:
        """Replace a function of a module, also where another one has imported it by name (see `apply_names`)."""
        before = vars(module).get(name)
        if before is None:
            return
        replacement.__name__ = replacement.__qualname__ = name
        replacement.__doc__ = before.__doc__
        self._functions[id(before)] = before, replacement
        self.attribute(module, name, replacement)

    def apply_names(self, modules: Iterable[object]) -> None:
        """Put the new functions wherever one of `modules` holds the old ones by a name of its own."""
        for module in modules:
            namespace = getattr(module, "__dict__", {})
            for name, value in list(namespace.items()):
                known = self._functions.get(id(value))
                if known is not None and known[0] is value:
                    self._put(namespace, name, known[1])

    def take_effect(self) -> None:
        """Have the interpreter forget what it remembers of methods."""
        forget = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache
        forget()

    def put_back(self) -> None:
        """Undo everything."""
        for undo in reversed(self._undo):
            undo()
        self.take_effect()

    def _put(self, namespace: dict[str, Any], name: str, replacement: object) -> None:
        self._undo.append(partial(namespace.__setitem__, name, namespace[name]))
        namespace[name] = replacement

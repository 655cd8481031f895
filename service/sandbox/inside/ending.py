"""Makes the interpreter's end short, and takes nothing from the end of the program.

Once a program has ended, an interpreter calls its exit functions, clears its modules, and then frees all that it holds,
one piece after the other; for a short program that takes longest. The modules that every program finds are kept out of
the clearing, and when all of the program's own is gone the process ends at once. Only where the program ran to its
end: then the exit code is known to be 0.
"""

import ast
import atexit
import gc
import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType

ESSENTIAL = frozenset({"__main__", "builtins", "sys"})
MARK = "__cached__"
"""A name that every main module has, None in those that are run from a file."""
ENDED = "ended"

_imported: dict[str, object] = {}


def shorten() -> None:
    """Keep what is imported so far out of the end of the interpreter."""
    kept: list[object] = []
    kept.append(kept)  # frozen below, a circle is never collected
    atexit.register(_at_exit, kept)  # what is registered first is called last
    _imported.update(sys.modules)
    gc.collect()
    gc.freeze()  # else the end of the interpreter looks through all of it again, which takes longer than most programs


def compiled(source: bytes, path: str) -> CodeType:
    """Compile a program so that it marks its own end. Raises what `compile` raises."""
    try:
        tree = ast.parse(source, path)
        last = ast.Assign([ast.Name(MARK, ast.Store())], ast.Constant(ENDED))
        tree.body.append(ast.copy_location(last, tree.body[-1]))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    except Exception:
        return compile(source, path, "exec", dont_inherit=True)


def _at_exit(kept: list[object]) -> None:
    mine = {name: module for name, module in _imported.items() if sys.modules.get(name) is module}
    for name in mine.keys() - ESSENTIAL:
        del sys.modules[name]
    kept.append(mine)
    main = sys.modules.get("__main__")
    if isinstance(main, ModuleType) and main.__dict__.get(MARK) == ENDED:
        vars(sys)[ENDED] = _Last()  # what the module `sys` got last is cleared last


class _Last:
    """Ends the process when it is cleared."""

    def __del__(self, end: Callable[[int], object] = os._exit) -> None:
        end(0)  # handed in, since by now the names of this module are gone

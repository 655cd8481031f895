"""Parse and compile Python code of notes: any text in, a tree, a code object or a `SyntaxError` out. Nothing is
executed.
"""

from __future__ import annotations

import ast
import warnings
from threading import Lock
from types import CodeType

LARGEST_CODE = 200_000
"""Characters; what is longer is shown but neither searched for stated output nor run."""

_warnings_filter = Lock()
"""The warnings filter belongs to the process: two threads that change and restore it would leave it changed."""


def parse_python(code: str) -> ast.Module:
    """Return the syntax tree; `await` may stand at the top level. Raises `SyntaxError` for all that can't be parsed."""
    tree = _compile(code, "exec", ast.PyCF_ONLY_AST)
    if not isinstance(tree, ast.Module):
        raise SyntaxError("not a module")
    return tree


def compile_python(code: str, mode: str = "exec") -> CodeType:
    """Compile code in which `await` may stand at the top level. Raises `SyntaxError` for all that can't be compiled."""
    compiled = _compile(code, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if not isinstance(compiled, CodeType):
        raise SyntaxError("not a program")
    return compiled


def _compile(code: str, mode: str, flags: int) -> object:
    if len(code) > LARGEST_CODE:
        raise SyntaxError(f"longer than {LARGEST_CODE} characters")
    with _warnings_filter, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a note is not ours to report
        try:
            return compile(code, "<example>", mode, flags=flags, dont_inherit=True)
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise SyntaxError(str(error) or "nested too deeply") from None

"""Parse Python code of notes: any text in, a syntax tree or a `SyntaxError` out."""

from __future__ import annotations

import ast
import warnings

LARGEST_CODE = 200_000
"""Characters; what is longer is shown but neither searched for stated output nor run."""


def parse_python(code: str) -> ast.Module:
    """Return the syntax tree; `await` may stand at the top level. Raises `SyntaxError` for all that can't be parsed."""
    if len(code) > LARGEST_CODE:
        raise SyntaxError(f"longer than {LARGEST_CODE} characters")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a note is not ours to report
        try:
            return ast.parse(code)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or "nested too deeply") from None

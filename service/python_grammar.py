"""How Python code is borrowed: its statements, an import of one name alone, and what the standard library has."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from corpus.document import Example
from corpus.outputs import is_session, runnable_code, session_examples
from service.modules import standard_import
from service.python_names import ALWAYS_BOUND, Import, PythonStatement, split_statements
from service.wrapping import session_source


def python_source(example: Example) -> str:
    """Return an example's Python code: a session without its prompts, any other block without a foreign comment.

    Code that is indented as a whole is moved to the margin, where it can stand alone.
    """
    if is_session(example.code):
        return session_source(session_examples(example.code))
    code = runnable_code(example)
    return textwrap.dedent(code) if code.lstrip("\n")[:1] in (" ", "\t") else code


class PythonGrammar:
    """Python, for `service.borrowing`."""

    always_bound = ALWAYS_BOUND
    redefines = True

    def split(self, code: str) -> tuple[PythonStatement, ...]:
        """Cut code into its top-level statements. Raises `SyntaxError`."""
        return split_statements(code)

    def source(self, example: Example) -> str:
        """Return an example's code as it would run."""
        return python_source(example)

    def single_import(self, statement: PythonStatement, name: str) -> str:
        """Return an import of one name alone where a statement is nothing but imports; else empty."""
        if not all(isinstance(node, Import) for node in statement.nodes):
            return ""
        imports = [_import_of(node, name) for node in statement.nodes if isinstance(node, Import)]
        return next((ast.unparse(single) for single in reversed(imports) if single), "")

    def library_import(self, name: str, users: Sequence[PythonStatement]) -> str:
        """Return the import of a standard module, or of a well-known name of one; else empty."""
        return standard_import(name, [node for user in users for node in user.nodes])


PYTHON = PythonGrammar()


def _import_of(node: Import, name: str) -> Import | None:
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) == name:
            names = [alias]
            return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)
    return None

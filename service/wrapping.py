"""Programs around code that plain Python would not run as it stands: `await` at the top level, and interactive
sessions.

The code keeps its own line numbers in tracebacks, under the name `<example>`. The programs need the standard
library only, and leave but two names of their own beside those of the code.
"""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Sequence

from corpus.python_code import compile_python

SOURCE_NAME = "SOURCE = "
"""How a program begins that holds the code it runs as a string."""

_AWAITING = """\
SOURCE = {source}


def run_source():
    import ast
    import asyncio
    import linecache

    linecache.cache["<example>"] = (len(SOURCE), None, SOURCE.splitlines(True), "<example>")
    code = compile(SOURCE, "<example>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    asyncio.run(eval(code, globals()))


run_source()
"""

_SESSION = """\
# Line, kind and text of each statement, and whether the session shows that it raises.
STEPS = [
{steps}
]


def run_steps():
    import sys
    import traceback

    for line, kind, text, raises in STEPS:
        code = compile("\\n" * (line - 1) + text, "<example>", kind)
        try:
            eval(code, globals())
        except Exception:
            if not raises:
                raise
            traceback.print_exc(file=sys.stdout)


run_steps()
"""

_AWAITING_SESSION = """\
# Line, kind and text of each statement, and whether the session shows that it raises.
STEPS = [
{steps}
]


def run_steps():
    import ast
    import asyncio
    import contextlib
    import inspect
    import sys
    import traceback

    with contextlib.closing(asyncio.Runner()) as runner:
        for line, kind, text, raises in STEPS:
            code = compile("\\n" * (line - 1) + text, "<example>", kind, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            try:
                result = eval(code, globals())
                if code.co_flags & inspect.CO_COROUTINE:
                    runner.run(result)
            except Exception:
                if not raises:
                    raise
                traceback.print_exc(file=sys.stdout)


run_steps()
"""


def awaits_at_top_level(code: str, mode: str = "exec") -> bool:
    """Tell whether the code has an `await` outside of all functions. Raises `SyntaxError`."""
    return bool(compile_python(code, mode).co_flags & inspect.CO_COROUTINE)


def awaiting_program(code: str) -> str:
    """Return a program that runs code with `await` at its top level in an event loop."""
    return _AWAITING.format(source=_literal(code))


def session_program(before: str, statements: Sequence[doctest.Example], mark: str = "") -> str:
    """Return a program that prints what an interactive session prints, after running `before`. Raises `SyntaxError`.

    With a mark, that is printed behind what each statement printed.
    """
    steps = [(1, "exec", before, False)] if before else []
    for each in statements:
        if not each.options.get(doctest.SKIP):
            steps.append((each.lineno + 1, "single", each.source, each.exc_msg is not None))
            steps += [(1, "exec", f"print({mark!r}, end='')", False)] if mark else []
    awaiting = any(awaits_at_top_level(text, kind) for _, kind, text, _ in steps)
    template = _AWAITING_SESSION if awaiting else _SESSION
    return template.format(steps="\n".join(f"    {step!r}," for step in steps))


def session_source(statements: Sequence[doctest.Example]) -> str:
    """Return a session's statements as one piece of code, each on its own lines of the block."""
    lines: list[str] = []
    for each in statements:
        if not each.options.get(doctest.SKIP):
            lines += [""] * (each.lineno - len(lines))
            lines += each.source.rstrip("\n").split("\n")
    return "\n".join(lines) + "\n"


def _literal(code: str) -> str:
    """Return a string literal that a person can read, wherever the code allows one."""
    if "'''" in code or not code.endswith("\n") or not all(each.isprintable() or each in "\n\t" for each in code):
        return repr(code)
    return f"r'''{code}'''" if "\\" in code else f"'''\\\n{code}'''"

"""What keeps a piece of Python code from running here whatever is added to it: input, the network, a service, files
that are not there, code that was left out.

Only what is certain counts: a call behind a condition, or one whose failure the code handles, is left to the run.
"""

from __future__ import annotations

import ast
import contextlib
import io
import tokenize
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from corpus.python_code import compile_python
from service.hosts import needed_host
from service.modules import mentions
from service.paths import is_relative_file
from service.python_names import PythonStatement

_HOST_CALLS = frozenset(
    {
        "open_connection",
        "create_connection",
        "urlopen",
        "HTTPConnection",
        "HTTPSConnection",
        "getaddrinfo",
        "gethostbyname",
    }
)
_SERVING = frozenset(
    {
        "start_server",
        "create_server",
        "start_unix_server",
        "serve_forever",
        "bind",
        "HTTPServer",
        "ThreadingHTTPServer",
        "TCPServer",
        "UDPServer",
    }
)


def needs_input(executed: Sequence[PythonStatement], bound: frozenset[str]) -> bool:
    """Tell whether executed code asks its user for input."""
    return "input" not in bound and any("input" in each.reads | each.reads_later for each in executed)


def unreachable(executed: Sequence[PythonStatement]) -> str:
    """Say which host or service executed code is certain to ask that can't be asked here; empty when there is none."""
    calls = [call for statement in executed for call in _unguarded_calls(statement.nodes)]
    everything = [node for statement in executed for node in statement.nodes]
    serves = any(mentioned in _SERVING for node in everything for mentioned in _mentioned(node))
    asked = (_address(call) for call in calls if _called(call) in _HOST_CALLS)
    return next(filter(None, (needed_host(address, serves=serves) for address in asked)), "")


def missing_file(executed: Sequence[PythonStatement]) -> str:
    """Return the first file that executed code reads and does not make: a relative path that it names but once."""
    everything = [each for statement in executed for node in statement.nodes for each in ast.walk(node)]
    named = [each.value for each in everything if isinstance(each, ast.Constant)]
    for call in (call for statement in executed for call in _unguarded_calls(statement.nodes)):
        path = _read_path(call)
        if is_relative_file(path) and named.count(path) == 1:
            return path
    return ""


def _read_path(call: ast.Call) -> str:
    """Return the path that a call of `open` reads, or `Path("…").read_text()` and its like; empty for any other."""
    target = call
    if isinstance(call.func, ast.Attribute):
        if call.func.attr not in ("read_text", "read_bytes") or not isinstance(call.func.value, ast.Call):
            return ""
        target = call.func.value
    name, wanted = _called(target), "open" if target is call else "Path"
    if name != wanted or not target.args:
        return ""
    modes = [*target.args[1:2], *(keyword.value for keyword in target.keywords if keyword.arg == "mode")]
    mode = modes[0].value if modes and isinstance(modes[0], ast.Constant) else "r" if not modes else "?"
    path = target.args[0]
    text = path.value if isinstance(path, ast.Constant) else None
    return text if isinstance(text, str) and isinstance(mode, str) and mode.startswith("r") else ""


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _mentioned(node: ast.AST) -> Iterator[str]:
    return (str(getattr(each, "attr", getattr(each, "id", ""))) for each in ast.walk(node))


def _unguarded_calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    pending = deque(nodes)
    while pending:
        node = pending.popleft()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.If | ast.Try | ast.TryStar | ast.IfExp):
            continue
        if isinstance(node, ast.With) and mentions(node.items[0].context_expr, "suppress"):
            continue
        pending.extend(ast.iter_child_nodes(node))


def _address(call: ast.Call) -> str:
    """Return the address that a call names in plain words, with a scheme; empty for any other."""
    first: ast.expr | None = call.args[0] if call.args else None
    if isinstance(first, ast.Tuple) and first.elts:
        first = first.elts[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str) or not first.value:
        return ""
    return first.value if "://" in first.value else f"tcp://{first.value}"


def holds_data_only(statements: Sequence[PythonStatement]) -> bool:
    """Tell whether the code is nothing but values written out, as `{"name": "Bar"}`."""
    nodes = [node for each in statements for node in each.nodes]
    return all(isinstance(node, ast.Expr) and _is_written_out(node.value) for node in nodes)


def _is_written_out(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return value.value is not ...
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def syntax_fault(code: str, error: SyntaxError) -> str:
    """Say why code can't be compiled: for what was left out of it, for standing outside a function, or for a fault."""
    line = error.lineno or 1
    if places := _ellipses(code):
        lines = code.split("\n")
        for row, column in reversed(places):
            lines[row - 1] = lines[row - 1][:column] + lines[row - 1][column + 3 :].removeprefix(",")
        with contextlib.suppress(SyntaxError):
            compile_python("\n".join(lines))
            return f"fragment: `...` on line {places[0][0]} stands for code that was left out"
    if "outside" in error.msg:
        return f"fragment: {error.msg} on line {line}"
    return f"syntax error on line {line}: {error.msg}"


def _ellipses(code: str) -> list[tuple[int, int]]:
    """Return line (from 1) and column of each `...` outside of strings and comments."""
    found: list[tuple[int, int]] = []
    tokens = tokenize.generate_tokens(io.StringIO(code, newline="\n").readline)
    with contextlib.suppress(tokenize.TokenError, SyntaxError):  # what stands before the broken place still counts
        found.extend(token.start for token in tokens if token.string == "..." and token.type == tokenize.OP)
    return found


def left_out(statements: Sequence[PythonStatement], executed: Sequence[PythonStatement]) -> str:
    """Say which part of the code is only hinted at with `...`; empty when all is there."""
    for statement in statements:
        if any(_is_ellipsis(node) for node in statement.nodes):
            return f"`...` on line {statement.first_line} stands for code that was left out"
    for statement in executed:
        for node in statement.nodes:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.decorator_list
                and _is_hollow(node)
            ):
                return f"the body of `{node.name}` was left out"
    return ""


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def _is_hollow(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return bool(body) and all(_is_ellipsis(node) for node in body)

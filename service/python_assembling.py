"""Complete a Python example: earlier definitions of its page, missing imports, the call of a coroutine that is only
defined.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Sequence

from corpus.document import Example
from corpus.outputs import is_session, session_examples
from corpus.python_code import LARGEST_CODE, compile_python
from service.assembly import Addition, Assembly, NotRunnable
from service.borrowing import Borrower, earlier_blocks
from service.modules import missing_package, relative_import
from service.obstacles import holds_data_only, left_out, missing_file, needs_input, syntax_fault, unreachable
from service.python_grammar import PYTHON, python_source
from service.python_names import Import, PythonStatement, imports_everything, split_statements
from service.statements import Statement, bound_names, executed_statements, missing_reason, needed_names
from service.wrapping import awaiting_program, awaits_at_top_level, session_program

_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
ONLY_DEFINES = "It only defines; nothing of it was called."
_MUTED = """\
import contextlib, io
muted = contextlib.ExitStack()
muted.enter_context(contextlib.redirect_stdout(io.StringIO()))
{code}
muted.close()"""
_STARTERS = frozenset({"run", "run_until_complete", "run_forever"})


def python_program(example: Example, page_examples: Sequence[Example], expects_error: str) -> Assembly:
    """Return the program with what was added to the example's code. Raises `NotRunnable`."""
    _refuse_other_python(example)
    if len(example.code) > LARGEST_CODE:
        raise NotRunnable(f"longer than {LARGEST_CODE:,} characters")
    code = python_source(example)
    try:
        compile_python(code)
        statements = split_statements(code)
    except SyntaxError as error:
        if expects_error in _SYNTAX_ERRORS:
            return Assembly(code, expects_error=expects_error)
        raise NotRunnable(syntax_fault(code, error)) from None
    if not statements:
        broken = is_session(example.code)
        raise NotRunnable("the lines of the session don't fit together" if broken else "the block holds comments only")
    if example.expected is None and not is_session(example.code) and holds_data_only(statements):
        raise NotRunnable("the block holds data only")
    called = "" if is_session(example.code) else uncalled_coroutine(statements)
    added = _additions(example, page_examples, statements, called)
    chained = _chained(example, page_examples, code, statements, expects_error) if added and not called else None
    try:
        program, alone = (_compose(example, code, statements, each) for each in (added, ()))
    except SyntaxError as error:
        raise NotRunnable(f"syntax error with what it needs: {error.msg}") from None
    remark = "" if called or not _defines_only(statements) else ONLY_DEFINES
    return Assembly(program, added, chained, alone if added else None, remark=remark, expects_error=expects_error)


def uncalled_coroutine(statements: Sequence[PythonStatement]) -> str:
    """Return the coroutine function to call where the code only defines: `main`, else the last one; else empty.

    It must need no arguments, have no decorators and not be a generator.
    """
    nodes = [node for statement in statements for node in statement.nodes]
    if not all(_only_defines(node) for node in nodes):
        return ""
    names = [node.name for node in nodes if isinstance(node, ast.AsyncFunctionDef) and _can_be_called(node)]
    return "main" if "main" in names else names[-1] if names else ""


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
        return not any(isinstance(each, ast.Attribute) and each.attr in _STARTERS for each in calls)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _can_be_called(function: ast.AsyncFunctionDef) -> bool:
    arguments = function.args
    required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    required += sum(default is None for default in arguments.kw_defaults)
    return not required and not function.decorator_list and not _yields(function)


def _yields(function: ast.AsyncFunctionDef) -> bool:
    """Tell whether the function itself is a generator; functions inside it don't count."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
    return False


def _additions(
    example: Example, page_examples: Sequence[Example], statements: Sequence[PythonStatement], called: str
) -> tuple[Addition, ...]:
    """Return what has to be added, or raise `NotRunnable` for what can't be."""
    nodes = [node for statement in statements for node in statement.nodes]
    if module := relative_import(nodes):
        raise NotRunnable(f"fragment: `{module}` is an import relative to a package")
    _refuse_packages(statements)
    bound = bound_names(statements)
    needed = needed_names(statements, called)
    borrower = Borrower(PYTHON, earlier_blocks(example, page_examples), bound - needed)
    borrower.need(needed, statements)
    if called:
        borrower.need(["asyncio"], split_statements("asyncio.run"))
    _refuse_packages(borrower.taken)
    executed = executed_statements(statements, called)
    if borrower.missing and not imports_everything(statements):
        raise NotRunnable(missing_reason(sorted(borrower.missing)))
    if needs_input(executed, bound):
        raise NotRunnable("needs input")
    if reason := unreachable([*borrower.taken, *executed]):
        raise NotRunnable(reason)
    if file := missing_file([*borrower.taken, *executed]):
        raise NotRunnable(f"needs the file {file}")
    if example.expected is None and (part := left_out(statements, executed)):
        raise NotRunnable(f"fragment: {part}")
    return (*borrower.additions(), *_call(called))


def _chained(
    example: Example,
    page_examples: Sequence[Example],
    code: str,
    statements: Sequence[PythonStatement],
    expects_error: str,
) -> Assembly | None:
    """Return the program with what earlier blocks do to the values that the code takes from them, silently."""
    needed = needed_names(statements)
    borrower = Borrower(PYTHON, earlier_blocks(example, page_examples), bound_names(statements) - needed)
    borrower.need(needed, statements)
    if not borrower.follow() or borrower.missing or unreachable(borrower.taken) or missing_file(borrower.taken):
        return None
    if missing_package(module for each in borrower.taken for module in each.modules):
        return None
    added = borrower.additions()
    with contextlib.suppress(SyntaxError):
        return Assembly(_compose(example, code, statements, added), added, expects_error=expects_error)
    return None


def _defines_only(statements: Sequence[PythonStatement]) -> bool:
    """Tell whether running the code does no more than to define functions and classes."""
    others = [each for each in statements if not each.is_definition]
    imports = all(isinstance(node, Import) for each in others for node in each.nodes)
    return imports and len(others) < len(statements) and len(executed_statements(statements)) == len(others)


def _call(called: str) -> tuple[Addition, ...]:
    if not called:
        return ()
    return (Addition("call", "", f"asyncio.run({called}())", f"the block only defines `{called}`"),)


def recorded_session(example: Example, added: Sequence[Addition], mark: str) -> str:
    """Return the program of a session that prints a mark behind what each of its statements printed."""
    before = "".join(f"{addition.code}\n\n" for addition in added if addition.what != "call")
    return session_program(before, session_examples(example.code), mark)


def _compose(example: Example, code: str, statements: Sequence[PythonStatement], added: Sequence[Addition]) -> str:
    before = "".join(f"{_placed(addition)}\n\n" for addition in added if addition.what != "call")
    if is_session(example.code):
        return session_program(before, session_examples(example.code))
    head, body = _after_future_imports(code, statements) if before else ("", code)
    after = "".join(f"\n\n{addition.code}\n" for addition in added if addition.what == "call")
    program = head + before + body + after
    return awaiting_program(program) if awaits_at_top_level(program) else program


def _placed(addition: Addition) -> str:
    """Return an addition as it stands in the program: what another block prints is not this block's output."""
    return _MUTED.format(code=addition.code) if addition.what == "statement" else addition.code


def _after_future_imports(code: str, statements: Sequence[PythonStatement]) -> tuple[str, str]:
    """Split the code behind its `from __future__` imports, which have to come first in any program."""
    future = [
        statement.last_line
        for statement in statements
        for node in statement.nodes
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    if not future:
        return "", code
    lines = code.split("\n")
    return "\n".join(lines[: future[-1]]) + "\n\n", "\n".join(lines[future[-1] :])


def _refuse_other_python(example: Example) -> None:
    wanted = example.annotations.get("requires", "")
    numbers = tuple(int(part[:9]) for part in wanted.split(".") if part.isdecimal())
    if numbers and numbers > sys.version_info[: len(numbers)]:
        raise NotRunnable(f"needs Python {wanted[:20]}")


def _refuse_packages(statements: Sequence[Statement]) -> None:
    if package := missing_package(module for each in statements for module in each.modules):
        raise NotRunnable(f"needs package {package}")

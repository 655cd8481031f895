"""Complete a JavaScript example: earlier definitions of its page, Node's own modules, and `require` where it is an ES
module.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.document import Example
from corpus.javascript import LARGEST_SCRIPT, first_fault, parse_script, text_of
from corpus.node_sessions import is_node_session
from service.assembly import Addition, Assembly, NotRunnable
from service.borrowing import Borrower, earlier_blocks
from service.javascript_grammar import BROWSER_NAMES, JAVASCRIPT, NODE_MODULES, script_source
from service.node_session_program import node_session_program
from service.sandbox.javascript import is_module
from service.script_names import ScriptStatement, split_script
from service.script_obstacles import listens_for_ever, missing_file, unreachable
from service.statements import bound_names, executed_statements, missing_reason, needed_names

_REQUIRE = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);"


def script_program(example: Example, page_examples: Sequence[Example], expects_error: str) -> Assembly:
    """Return the program with what was added to the example's code. Raises `NotRunnable`."""
    if len(example.code) > LARGEST_SCRIPT:
        raise NotRunnable(f"longer than {LARGEST_SCRIPT:,} characters")
    code = script_source(example)
    statements = _statements(code)
    _refuse_modules(statements)
    needed = needed_names(statements)
    borrower = Borrower(JAVASCRIPT, earlier_blocks(example, page_examples), bound_names(statements) - needed)
    borrower.need(needed, statements)
    _refuse_modules(borrower.taken)
    if borrower.missing:
        raise NotRunnable(_missing(sorted(borrower.missing)))
    executed = [*borrower.taken, *executed_statements(statements)]
    if reason := _obstacle(executed, example.expected is not None):
        raise NotRunnable(reason)
    added = borrower.additions()
    if is_node_session(example.language, example.code):
        before = "".join(f"{addition.code}\n\n" for addition in added)
        return Assembly(node_session_program(before, example.code), added, expects_error=expects_error)
    program = _compose(code, added)
    asks = any("require" in each.reads | each.reads_later for each in (*statements, *borrower.taken))
    if asks and is_module(program):
        added = (Addition("import", "", _REQUIRE, "an ES module has no `require` of its own"), *added)
        program = _compose(code, added)
    return Assembly(program, added, alone=code if added else None, expects_error=expects_error)


def _statements(code: str) -> tuple[ScriptStatement, ...]:
    if _is_data(code):
        raise NotRunnable("the block holds data only")
    try:
        statements = split_script(code)
    except SyntaxError as error:
        raise NotRunnable(f"syntax error on line {error.lineno or 1}: {error.msg}") from None
    if not statements:
        raise NotRunnable("the block holds comments only")
    return statements


def _is_data(code: str) -> bool:
    """Tell whether the code is but a literal in braces, which would be a block of statements as a program."""
    inside = [node for node in parse_script(code).named_children if node.type != "comment"]
    if any(not text_of(node).startswith("{") for node in inside) or not inside:
        return False
    return not first_fault(parse_script(f"({code.rstrip().rstrip(';,')})"))


def _compose(code: str, added: Sequence[Addition]) -> str:
    before = "".join(f"{addition.code}\n\n" for addition in added)
    mark, _, rest = code.partition("\n") if code.startswith("#!") else ("", "", code)
    return f"{mark}\n{before}{rest}" if mark else before + rest


def _obstacle(statements: Sequence[ScriptStatement], states_output: bool) -> str:
    nodes = [node for each in statements for node in each.nodes]
    if reason := unreachable(nodes):
        return reason
    if file := missing_file(nodes):
        return f"needs the file {file}"
    return "" if states_output or not listens_for_ever(nodes) else "serves until it is stopped"


def _missing(names: Sequence[str]) -> str:
    browser = sorted(BROWSER_NAMES.intersection(names))
    return f"needs a browser: `{browser[0]}`" if browser else missing_reason(names)


def _refuse_modules(statements: Iterable[ScriptStatement]) -> None:
    for module in (module for each in statements for module in each.modules):
        if module.startswith((".", "/", "file:")):
            raise NotRunnable(f"needs the file {module}")
        if module.startswith(("http:", "https:")):
            raise NotRunnable(f"needs network: {module}")
        if module.removeprefix("node:").partition("/")[0] not in NODE_MODULES:
            scope, _, rest = module.partition("/")
            package = f"{scope}/{rest.partition('/')[0]}" if scope.startswith("@") else scope
            raise NotRunnable(f"needs package {package}")

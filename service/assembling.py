"""From an example to a program: what it needs is read off its syntax tree, and comes from its page or the standard
library.

The note's code stays as it is; what is put around it is listed, with the lines it came from. Where the code can't
run, the assembly says why. Nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Example
from corpus.outputs import runnable_code
from service.assembly import Addition, Assembly, NotRunnable
from service.javascript_assembling import script_obstacle
from service.python_assembling import python_program

__all__ = ["Addition", "Assembly", "assemble", "expected_error"]

TRACEBACK = "Traceback (most recent call last):"


def assemble(example: Example, page_examples: Sequence[Example] = ()) -> Assembly:
    """Make a program of an example; `page_examples` are its page's, in order. Never raises on what the code says."""
    expects_error = expected_error(example)
    try:
        _refuse_marked(example)
        if example.language == "python":
            program, added = python_program(example, page_examples, expects_error)
            return Assembly(program, added, expects_error=expects_error)
        if example.language == "javascript":
            return Assembly(_script(example), expects_error=expects_error)
    except NotRunnable as obstacle:
        return Assembly(None, reason=str(obstacle), expects_error=expects_error)
    named = f"language {example.language} is not run" if example.language else "the block names no language"
    return Assembly(None, reason=named)


def expected_error(example: Example) -> str:
    """Return the exception that an annotation or a stated traceback announces; `*` for any, empty for none."""
    if "expect-error" in example.annotations:
        return example.annotations["expect-error"] or "*"
    expected = example.expected
    if expected is None or expected.style not in ("fence", "block_comment") or TRACEBACK not in expected.text:
        return ""
    last = expected.text.rstrip().split("\n")[-1]
    return last.partition(":")[0].strip() or "*"


def _refuse_marked(example: Example) -> None:
    for word in ("no-run", "skip", "compile-fail"):
        if word in example.annotations:
            raise NotRunnable(f"marked {word}")


def _script(example: Example) -> str:
    if obstacle := script_obstacle(example.code):
        raise NotRunnable(obstacle)
    return runnable_code(example)

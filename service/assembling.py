"""From an example to a program: what it needs is read off its syntax tree, and comes from its page or the standard
library.

The note's code stays as it is; what is put around it is listed, with the lines it came from. Where the code can't
run, the assembly says why. Nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from corpus.document import Example
from corpus.outputs import is_session
from corpus.stated_errors import stated_error
from service.assembly import Addition, Assembly, NotRunnable
from service.javascript_assembling import script_program
from service.python_assembling import python_program

__all__ = ["Addition", "Assembly", "assemble", "expected_error"]

TRACEBACK = "Traceback (most recent call last):"

ASSEMBLERS: Mapping[str, Callable[[Example, Sequence[Example], str], Assembly]] = {
    "python": python_program,
    "javascript": script_program,
}
"""What makes a program of an example, by language; each raises `NotRunnable`."""

MARKS_NOT_TO_RUN = frozenset({"no-run", "skip", "compile-fail"})
"""Annotations with which authors say that an example is not to be run."""

_NOT_RUN = {
    "": "the block names no language",
    "shell": "shell commands are not run",
    "typescript": "TypeScript is not run: it needs a compiler",
}


def assemble(example: Example, page_examples: Sequence[Example] = ()) -> Assembly:
    """Make a program of an example; `page_examples` are its page's, in order. Never raises on what the code says."""
    expects_error = expected_error(example)
    try:
        _refuse_marked(example)
        if assembler := ASSEMBLERS.get(example.language):
            return assembler(example, page_examples, expects_error)
    except NotRunnable as obstacle:
        return Assembly(None, reason=str(obstacle), expects_error=expects_error)
    return Assembly(None, reason=_NOT_RUN.get(example.language, f"language {example.language} is not run"))


def expected_error(example: Example) -> str:
    """Return the exception that an annotation, a stated traceback or a comment announces; `*` for any, or empty."""
    if "expect-error" in example.annotations:
        return example.annotations["expect-error"] or "*"
    expected = example.expected
    if expected is None or expected.style not in ("fence", "block_comment") or TRACEBACK not in expected.text:
        error = None if is_session(example.code) else stated_error(example.language, example.code)
        return error.name if error else ""
    last = expected.text.rstrip().split("\n")[-1]
    return last.partition(":")[0].strip() or "*"


def _refuse_marked(example: Example) -> None:
    for word in example.annotations:
        if word in MARKS_NOT_TO_RUN:
            raise NotRunnable(f"marked {word}")

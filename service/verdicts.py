"""What a run means for the notes, in a word: `ok`, `mismatch`, `failed`, `not runnable`, or `undeclared`.

`undeclared` is an example in a language that is run, which can't be run and whose author has not said so.
"""

from __future__ import annotations

from service.assembling import ASSEMBLERS, MARKS_NOT_TO_RUN
from service.runs import ProvenExample
from service.schemas import Verdict

__all__ = ["FAILING", "FAILING_STRICT", "Verdict", "is_declared", "verdict_of"]

FAILING: frozenset[Verdict] = frozenset({"failed", "mismatch"})
FAILING_STRICT: frozenset[Verdict] = FAILING | {"undeclared"}


def verdict_of(proven: ProvenExample) -> Verdict:
    """Say in a word how an example ended."""
    if proven.as_expected:
        return "ok"
    run = proven.run
    if run is not None and run.status == "sandbox_unavailable":
        return "not runnable"  # for no fault of the notes
    if run is None or run.status == "not_runnable":
        return "not runnable" if is_declared(proven) else "undeclared"
    return "mismatch" if run.status == "ok" else "failed"


def is_declared(proven: ProvenExample) -> bool:
    """Tell whether nobody expects the example to run: its language is not run, or its author has marked it."""
    example = proven.example
    return example.language not in ASSEMBLERS or not MARKS_NOT_TO_RUN.isdisjoint(example.annotations)

"""Compare what a run printed with what the notes say that it prints.

An output stated as a whole (a fence, a block comment, a session) has to be the whole output: white space at the
ends of lines and of the text is ignored, common indentation too, `...` stands for any text, and the inner lines of
tracebacks don't count. Stated values in comments have to be printed lines, those of one function in their order;
other lines may stand between them. A stated string literal may be printed without its quotes, and values stated
side by side may be printed one a line.
"""

from __future__ import annotations

import ast
import doctest
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from corpus.claims import Claim, code_claims
from corpus.document import Example
from service.assembling import TRACEBACK
from service.runs import Run

_ELLIPSIS = doctest.OutputChecker()
_MOST_JOINED_LINES = 30
_REMARKS = ("  ", " (", " # ", " // ", " — ", " – ", " - ")


def matches_expected(example: Example, expects_error: str, run: Run) -> bool | None:
    """Tell whether a run ended as the notes say; None when they say nothing or nothing was run."""
    if run.status in ("not_runnable", "sandbox_error", "sandbox_unavailable"):
        return None
    if expects_error and not _raised(expects_error, run):
        return False
    if not expects_error and run.status != "ok":
        return None if example.expected is None else False
    if example.expected is None:
        return True if expects_error else None
    matching = _claims_hold(example, run.stdout) if example.expected.style == "comment" else _same_output(example, run)
    if not matching and example.annotations.get("output") == "approximate":
        return None
    return matching


def _raised(name: str, run: Run) -> bool:
    """Tell whether the last traceback names the exception; `*` stands for any."""
    if run.status != "error" or name in ("*", "SystemExit"):
        return run.status == "error"
    last = run.stderr.rpartition(TRACEBACK)[2].split("\n")
    named = [line.partition(":")[0].rpartition(".")[2] for line in last if line and not line[0].isspace()]
    if TRACEBACK in run.stderr and "Exception Group" not in run.stderr:
        named = named[:1]  # further lines belong to its message
    elif "Exception Group" in run.stderr:
        named = [line.strip(" |+-").partition(":")[0] for line in run.stderr.split("\n")]
    return name.rpartition(".")[2] in named


def _same_output(example: Example, run: Run) -> bool:
    expected = example.expected.text if example.expected else ""
    printed = [run.stdout]
    if run.stderr:  # a terminal shows both, and the notes may too
        printed += [run.stdout + run.stderr, run.stderr + run.stdout, run.stderr]
    if "NORMALIZE_WHITESPACE" in example.code:
        return any(_same(" ".join(expected.split()), " ".join(text.split())) for text in printed)
    return any(_same(_plain(expected), _plain(text)) for text in printed)


def _same(expected: str, printed: str) -> bool:
    return expected == printed or _ELLIPSIS.check_output(expected + "\n", printed + "\n", doctest.ELLIPSIS)


def _plain(text: str) -> str:
    lines = [line.rstrip() for line in textwrap.dedent("\n".join(_without_frames(text))).split("\n")]
    return "\n".join(lines).strip("\n")


def _without_frames(text: str) -> Iterator[str]:
    """Yield the lines, but those between the head of a traceback and its exception: they hold paths and numbers."""
    inside = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if inside and line.startswith(" "):
            continue
        inside = line.startswith(TRACEBACK)
        yield line


def _claims_hold(example: Example, stdout: str) -> bool:
    claims = code_claims(example.language, example.code)
    if claims and all(claim.whole for claim in claims):
        return _same(_plain("\n".join(claim.text for claim in claims)), _plain(stdout))
    printed = [line.strip() for line in stdout.split("\n")]
    ordered = sorted(claims, key=lambda claim: claim.scope)
    return all(_in_order(list(group), printed) for _, group in groupby(ordered, key=lambda claim: claim.scope))


def _in_order(claims: Sequence[Claim], printed: Sequence[str]) -> bool:
    position = 0
    for claim in claims:
        while position < len(printed) and not (used := _lines_used(claim.text.strip(), printed, position)):
            position += 1
        if position == len(printed):
            return False
        position += used
    return True


def _lines_used(stated: str, printed: Sequence[str], position: int) -> int:
    """Return how many printed lines say what is stated, from a position on; 0 when they don't."""
    line = printed[position]
    if line in (stated, _literal_text(stated)) or (line and any(stated.startswith(line + mark) for mark in _REMARKS)):
        return 1
    if "..." in stated and _same(stated, line):
        return 1
    for separator in (" ", ", "):
        joined = line
        for count in range(2, min(_MOST_JOINED_LINES, len(printed) - position) + 1):
            joined += separator + printed[position + count - 1]
            if joined == stated:
                return count
            if len(joined) > len(stated):
                break
    return 0


def _literal_text(stated: str) -> str:
    """Return what a stated string literal says; the text itself for anything else."""
    if stated[:1] not in ("'", '"'):
        return stated
    try:
        value = ast.literal_eval(stated)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return stated
    return value if isinstance(value, str) else stated

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
import re
import textwrap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from corpus.claims import Claim, code_claims, has_prints
from corpus.document import Example
from corpus.node_sessions import is_node_session
from service.assembling import TRACEBACK
from service.runs import Run

_ELLIPSIS = doctest.OutputChecker()
_MOST_JOINED_LINES = 30
_REMARKS = (" (", " # ", " // ", " — ", " – ", " - ", ", to std")
_AFTER_A_VALUE = re.compile(
    r"""(-?[\d.]*\d|true|false|null|None|True|False|"[^"]*"|'[^']*'|[\[{(].*[\])}])(?:,\s+[A-Za-z]|\.$)"""
)
_INSIDE_BRACKETS = re.compile(r"(?<=[\[{(]) | (?=[\]})])")


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
    matching = _claims_hold(example, run) if example.expected.style == "comment" else _same_output(example, run)
    if not matching and (example.annotations.get("output") == "approximate" or _shows_something_else(example, run)):
        return None
    return matching


def _shows_something_else(example: Example, run: Run) -> bool:
    """Tell whether a fence behind code that prints nothing, and has no print in it, is no output at all."""
    silent = not run.stdout and not run.stderr and run.status == "ok"
    fence = example.expected is not None and example.expected.style == "fence"
    return silent and fence and not has_prints(example.language, example.code)


def _raised(name: str, run: Run) -> bool:
    """Tell whether the last traceback names the exception; `*` stands for any."""
    if run.status != "error" or name in ("*", "SystemExit"):
        return run.status == "error"
    if TRACEBACK not in run.stderr and "Exception Group" not in run.stderr:
        return re.search(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)", run.stderr) is not None
    last = run.stderr.rpartition(TRACEBACK)[2].split("\n")
    named = [line.partition(":")[0].rpartition(".")[2] for line in last if line and not line[0].isspace()]
    if "Exception Group" not in run.stderr:
        named = named[:1]  # further lines belong to its message
    else:
        named = [line.strip(" |+-").partition(":")[0] for line in run.stderr.split("\n")]
    return name.rpartition(".")[2] in named


def _same_output(example: Example, run: Run) -> bool:
    expected = example.expected.text if example.expected else ""
    if "NORMALIZE_WHITESPACE" in example.code:
        return any(_same(" ".join(expected.split()), " ".join(text.split())) for text in _printed(run))
    if is_node_session(example.language, example.code):
        return any(_same(_defined(expected), _defined(text)) for text in _printed(run))
    return any(_same(_plain(expected), _plain(text)) for text in _printed(run))


def _defined(text: str) -> str:
    """Return a session's lines without each `undefined` that Node shows, which authors leave out as they like."""
    lines = (_line(line) for line in _plain(text).split("\n"))
    return "\n".join(line for line in lines if line and line != "undefined")


def _printed(run: Run) -> list[str]:
    """Return what the notes may mean by what was printed: a terminal shows both streams, and the notes may too."""
    both = [run.stdout + run.stderr, run.stderr + run.stdout, run.stderr]
    return [run.stdout, *both] if run.stderr else [run.stdout]


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


def _claims_hold(example: Example, run: Run) -> bool:
    claims = code_claims(example.language, example.code)
    if claims and all(claim.whole for claim in claims):
        stated = _plain("\n".join(claim.text for claim in claims))
        return any(_same(_line(stated), _line(_plain(text))) for text in _printed(run))
    ordered = sorted(claims, key=lambda claim: claim.scope)
    scopes = [list(group) for _, group in groupby(ordered, key=lambda claim: claim.scope)]
    streams = [[_line(line) for line in text.split("\n")] for text in _printed(run)]
    return any(all(_in_order(scope, printed) for scope in scopes) for printed in streams)


def _line(text: str) -> str:
    """Return text as two ways to write the same value are compared: without blanks that only set it off."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(_INSIDE_BRACKETS.sub("", line) for line in lines)


def _in_order(claims: Sequence[Claim], printed: Sequence[str]) -> bool:
    position = 0
    for claim in claims:
        stated = _line(claim.text)
        while position < len(printed) and not (used := _lines_used(stated, printed, position)):
            position += 1
        if position == len(printed):
            return False
        position += used
    return True


def _lines_used(stated: str, printed: Sequence[str], position: int) -> int:
    """Return how many printed lines say what is stated, from a position on; 0 when they don't."""
    line = printed[position]
    if line in (stated, _literal_line(stated)) or (line and _is_value_with_remark(stated, line)):
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


def _is_value_with_remark(stated: str, line: str) -> bool:
    """Tell whether what is stated is the printed line, and a remark on it."""
    if any(stated.startswith(line + mark) for mark in _REMARKS):
        return True
    return line in _value_before_remark(stated)


@lru_cache(maxsize=256)  # it is laid beside each of thousands of lines
def _value_before_remark(stated: str) -> tuple[str, ...]:
    value = _AFTER_A_VALUE.match(stated)
    return (value[1], _literal_text(value[1])) if value else ()


@lru_cache(maxsize=256)
def _literal_line(stated: str) -> str:
    return _line(_literal_text(stated))


def _literal_text(stated: str) -> str:
    """Return what a stated string literal says; the text itself for anything else."""
    if stated[:1] not in ("'", '"'):
        return stated
    try:
        value = ast.literal_eval(stated)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return stated
    return value if isinstance(value, str) else stated

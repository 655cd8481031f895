"""Write what an example printed in the form in which the notes state it: a fence, a comment, a session's lines.

An edit replaces whole lines of the page. What can't be written in its form raises `NotWritable`, which says why.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.claims import Claim, code_claims
from corpus.document import Example
from corpus.outputs import session_examples, want_lines
from corpus.statements_at import lines_of_statement
from service.updating.recording import Printed, texts_at

_REMARKS = re.compile(r"\s(?:\(|# |// |— |– |- ).*$")
_BLANK_LINE = "<BLANKLINE>"


class NotWritable(Exception):
    """An output can't be written in the form that the notes have it in; the message says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a page (from 1, inclusive) and what stands in their place; none where the last is before the first."""

    start_line: int
    end_line: int
    lines: tuple[str, ...]


def block_edits(example: Example, page_lines: Sequence[str], stdout: str) -> list[Edit]:
    """Rewrite an output that is stated as a whole, in a fence or a block comment."""
    expected = example.expected
    if expected is None or not stdout.strip():
        raise NotWritable("it printed nothing")
    old = [line for line in expected.text.split("\n") if line.strip()]
    rows = range(expected.start_line, expected.end_line + 1)
    holding = [row for row in rows if page_lines[row - 1].strip()]
    first = next((row for row in holding if old and old[0].strip() in page_lines[row - 1]), 0)
    last = next((row for row in reversed(holding) if old and old[-1].strip() in page_lines[row - 1]), 0)
    if not first or last < first:
        raise NotWritable("its lines were not found as they stand")
    head = page_lines[first - 1]
    place = head.index(old[0].strip())
    prefix, suffix = head[:place], head[place + len(old[0].strip()) :] if first == last else ""
    printed = stdout.strip("\n").split("\n")
    if expected.style == "block_comment" and ("/*" in prefix or suffix.strip()) and len(printed) > 1:
        raise NotWritable("it has one line in the notes, and more were printed")
    lines = [(prefix + line).rstrip() for line in printed]
    lines[-1] += suffix
    return [Edit(first, last, tuple(lines))]


def session_edits(example: Example, page_lines: Sequence[str], outputs: Sequence[str]) -> list[Edit]:
    """Rewrite the lines behind those statements of a session that printed something else."""
    statements = [each for each in session_examples(example.code) if not each.options.get(doctest.SKIP)]
    if len(outputs) != len(statements):
        raise NotWritable("the session ended before its last line")
    edits = []
    for statement, output in zip(statements, outputs, strict=True):
        if doctest.OutputChecker().check_output(statement.want, output, _checked(statement)):
            continue
        if statement.exc_msg is not None or output.startswith("Traceback "):
            raise NotWritable("an error of a session is left to its author")
        first, last = (example.start_line + line for line in want_lines(example.code, statement))
        row = example.start_line + statement.lineno
        prefix = page_lines[row - 1].partition(">>>")[0]
        lines = [(prefix + (line or _BLANK_LINE)).rstrip() for line in output.removesuffix("\n").split("\n")]
        edits.append(Edit(first, last, tuple(lines) if output else ()))
    return edits


def _checked(statement: doctest.Example) -> int:
    return doctest.ELLIPSIS | sum(flag for flag, on in statement.options.items() if on)


def comment_edits(
    example: Example, page_lines: Sequence[str], stdout: str, record: Sequence[Printed], offset: int
) -> list[Edit]:
    """Rewrite the values in comments; `offset` is the program's line before the block's first one."""
    claims = code_claims(example.language, example.code)
    edits = []
    for group in _groups(claims):
        if all(claim.whole for claim in claims):
            printed = stdout.strip("\n").split("\n")
        else:
            about = lines_of_statement(example.language, example.code, group[0].about)
            printed = texts_at(record, range(about.start + offset + 1, about.stop + offset + 1))
        if not printed:
            raise NotWritable(f"no print was seen at line {example.start_line + group[0].about}")
        edits += _group_edits(example, page_lines, group, printed)
    return edits


def _groups(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Group the claims that stand below each other about the same print."""
    numbered = enumerate(claims)
    grouped = groupby(numbered, key=lambda each: (each[1].about, each[1].line - each[0]))
    return [[claim for _, claim in group] for _, group in grouped]


def _group_edits(
    example: Example, page_lines: Sequence[str], group: Sequence[Claim], printed: Sequence[str]
) -> list[Edit]:
    first, last = (example.start_line + group[position].line for position in (0, -1))
    lines = [line for text in printed for line in text.split("\n")]
    if len(group) == 1:
        row = page_lines[first - 1]
        value = _as_stated(group[0].text, lines)
        new = () if value is None else (_with_value(row, group[0].text, value),)
        return [Edit(first, first, new)] if new and new[0] != row else []
    prefix = page_lines[first - 1]
    prefix = prefix[: prefix.rindex(group[0].text)] if group[0].text else prefix.rstrip() + " "
    return [Edit(first, last, tuple((prefix + line).rstrip() for line in lines))]


def _as_stated(stated: str, printed: Sequence[str]) -> str | None:
    """Return the new value in the form of the old one; None when it says the same already."""
    remark = _REMARKS.search(stated)
    old = stated[: remark.start()] if remark else stated
    text = (", " if ", " in old else " ").join(printed) if len(printed) > 1 else printed[0]
    quote = old[:1] if old[:1] in ("'", '"') and old.endswith(old[:1]) else ""
    if text in (old, old.strip(quote) if quote else old):
        return None
    return (f"{quote}{text}{quote}" if quote else text) + (remark[0] if remark else "")


def _with_value(row: str, old: str, new: str) -> str:
    place = row.rindex(old)
    return row[:place] + new + row[place + len(old) :]

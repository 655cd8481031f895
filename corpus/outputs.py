"""What a code block itself says that it prints, and how prose leads to an output.

A block states its output in a block comment under the code, in the lines of a session, or in comments behind its
prints. A `/** … **/` under Python code is no Python: it is the stated output, and `runnable_code` leaves it out of
what runs.
"""

from __future__ import annotations

import doctest
import re
import textwrap
from collections.abc import Sequence

from corpus.claims import code_claims
from corpus.document import Example, ExpectedOutput
from corpus.languages import SLASH_COMMENT_LANGUAGES
from corpus.node_sessions import is_node_session, node_steps
from corpus.python_code import LARGEST_CODE

_OUTPUT_HEADER = re.compile(r"^\W*(?:expected )?(?:outputs?|prints|printed|results?|console)\W*$", re.IGNORECASE)
_LEADS_TO_OUTPUT = re.compile(
    r"""\b(?:
        outputs? | prints? | printed | displays? | displayed | shows? | logs? | logged | writes? | yields? | gives?
      | produces? | looks\ like | results?\ (?:is|are|in) | (?:we|you)(?:'ll|\ will|\ should)?\ (?:get|see) | will\ see
      | on\ the\ (?:console|screen|terminal)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_APPROXIMATE = re.compile(
    r"\b(?:like|similar|e\.g\.|for example|for instance|such as|may|might|roughly|approximately|var(?:y|ies))\b",
    re.IGNORECASE,
)
_LONGEST_LEAD = 140


def runnable_code(example: Example) -> str:
    """Return the example's code without a block comment at its end that is not in the language's own syntax."""
    closing = closing_comment(example.code)
    if closing is None or example.language in SLASH_COMMENT_LANGUAGES:
        return example.code
    return "".join(line + "\n" for line in example.code.split("\n")[: closing[0]])


def stated_output(language: str, code: str, start_line: int) -> ExpectedOutput | None:
    """Return what the code says of its own output, located in the file; None when it says nothing."""
    if len(code) > LARGEST_CODE:
        return None
    commented = _commented_output(language, code, start_line)
    if commented is not None:
        return commented
    if is_session(code):
        return _session_output(code, start_line)
    if is_node_session(language, code):
        return _node_output(code, start_line)
    claims = code_claims(language, code)
    if not claims:
        return None
    text = "".join(claim.text + "\n" for claim in claims)
    return ExpectedOutput(text, start_line + claims[0].line, start_line + claims[-1].line, "comment")


def leads_to_output(prose: str) -> bool:
    """Tell whether a short paragraph announces an output: "Output:", "It prints:", "You will see:"."""
    words = prose.strip(" *_`")
    if len(words) > _LONGEST_LEAD:
        return False
    return _OUTPUT_HEADER.match(words) is not None or (
        words.endswith(":") and _LEADS_TO_OUTPUT.search(words) is not None
    )


def is_approximate(prose: str) -> bool:
    """Tell whether the words before an output say that it will not be the same each time ("something like this")."""
    return _APPROXIMATE.search(prose) is not None


def is_session(code: str) -> bool:
    """Tell whether the code is a Python session: its first line that is not empty begins with `>>>`."""
    first = next((line for line in code.split("\n") if line.strip()), "").lstrip()
    return first.startswith(">>> ")


def session_examples(code: str) -> list[doctest.Example]:
    """Return a session's statements, each with what it is to print; empty when the lines don't fit together."""
    try:
        return doctest.DocTestParser().get_examples(code)
    except ValueError:
        return []


def _session_output(code: str, start_line: int) -> ExpectedOutput | None:
    stated = [example for example in session_examples(code) if example.want and not example.options.get(doctest.SKIP)]
    if not stated:
        return None
    text = "".join(example.want for example in stated).replace("<BLANKLINE>", "")
    first, last = want_lines(code, stated[0])[0], want_lines(code, stated[-1])[1]
    return ExpectedOutput(text, start_line + first, start_line + last, "doctest")


def _node_output(code: str, start_line: int) -> ExpectedOutput | None:
    showing = [step for step in node_steps(code) if step.shown]
    if not showing:
        return None
    text = "".join(line + "\n" for step in showing for line in step.shown)
    first = showing[0].line + showing[0].source.count("\n") + 1
    last = showing[-1].line + showing[-1].source.count("\n") + len(showing[-1].shown)
    return ExpectedOutput(text, start_line + first, start_line + last, "doctest")


def want_lines(code: str, statement: doctest.Example) -> tuple[int, int]:
    """Return the first and last line (from 0) of what a session's statement is to print; last < first for nothing."""
    first = _line_after(code.split("\n"), statement)
    return first, first + statement.want.count("\n") - 1


def _line_after(lines: Sequence[str], example: doctest.Example) -> int:
    """Return the line (from 0) behind a statement; its source does not tell, it lacks a last line of `...` alone."""
    line = example.lineno + 1
    while line < len(lines) and (lines[line].strip() == "..." or lines[line].lstrip().startswith("... ")):
        line += 1
    return line


def closing_comment(code: str) -> tuple[int, int] | None:
    """Return first and last line (from 0) of a `/* … */` that ends the code and begins on a line of its own."""
    lines = code.rstrip().split("\n")
    if not lines[-1].endswith("*/"):
        return None
    for first in range(len(lines) - 1, -1, -1):
        if lines[first].lstrip().startswith("/*"):
            return first, len(lines) - 1
        if first < len(lines) - 1 and "*/" in lines[first]:
            return None
    return None


def _commented_output(language: str, code: str, start_line: int) -> ExpectedOutput | None:
    closing = closing_comment(code)
    if closing is None:
        return None
    first, last = closing
    lines = code.split("\n")[first : last + 1]
    text = _comment_text(lines)
    if not text.strip() or (language in SLASH_COMMENT_LANGUAGES and not _is_output_comment(lines)):
        return None
    return ExpectedOutput(text, start_line + first, start_line + last, "block_comment")


def _comment_text(lines: Sequence[str]) -> str:
    """Return the inside of a block comment, without a heading and without the stars that lead its lines."""
    inside = "\n".join(lines).strip().removeprefix("/").lstrip("*").removesuffix("/").rstrip("*")
    head, *rest = inside.split("\n")
    if any(row.strip() for row in rest) and all(row.lstrip().startswith("*") for row in rest if row.strip()):
        rest = [re.sub(r"^\s*\* ?", "", row) for row in rest]
    rows = [head.strip(), *textwrap.dedent("\n".join(rest)).split("\n")]
    while rows and (not rows[0].strip() or _OUTPUT_HEADER.match(rows[0])):
        rows.pop(0)
    return "\n".join(row.rstrip() for row in rows).rstrip() + "\n"


def _is_output_comment(lines: Sequence[str]) -> bool:
    """Where `/* … */` is the language's own comment, only a heading or the closing `**/` makes it a stated output."""
    text = "\n".join(lines).strip()
    head = next((line for line in text.strip("/*").split("\n") if line.strip(" *")), "")
    return text.endswith("**/") or _OUTPUT_HEADER.match(head) is not None

"""The one line of what a program wrote to standard error that names its error."""

from __future__ import annotations

import re

_ERROR = re.compile(
    r"^(?:Uncaught )?(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Group|Warning)\b.*$"
)
LONGEST = 300


def error_line(stderr: str) -> str:
    """Return the last line that names an error, else the last line of all; empty when nothing was written."""
    lines = [line.strip() for line in stderr.split("\n") if line.strip()]
    named = next((line for line in reversed(lines) if _ERROR.match(line)), "")
    return (named or (lines[-1] if lines else ""))[:LONGEST]

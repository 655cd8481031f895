"""Programs that also say which line printed what, so that a stated value can be laid beside the print that it is about.

The program prints what it prints; the record comes after all of it, behind a mark that was made up for this one run.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from service.sandbox.javascript import is_module
from service.wrapping import SOURCE_NAME

_PYTHON = """\
def record():
    import atexit, builtins, io, json, sys

    original, events = builtins.print, []

    def recording(*values, **options):
        if options.get("file") in (None, sys.stdout):
            text, lines, frame = io.StringIO(), [], sys._getframe(1)
            original(*values, **{{**options, "file": text, "flush": False}})
            while frame is not None:
                if frame.f_code.co_filename == "<example>":
                    lines.append(frame.f_lineno)
                frame = frame.f_back
            events.append((text.getvalue(), lines))
        original(*values, **options)

    builtins.print = recording
    atexit.register(lambda: sys.stdout.write({mark!r} + json.dumps(events)))


record()
exec(compile({program!r}, "<example>", "exec"), globals())
"""

_JAVASCRIPT = """\
{{ const log = console.log, events = [], name = new Error().stack.split("\\n")[1].match(/([^\\/]+):\\d+:\\d+\\)?$/)[1];
Error.stackTraceLimit = 50;
console.log = (...values) => {{
  const lines = [...new Error().stack.matchAll(/([^\\/\\s]+):(\\d+):\\d+/g)].filter((each) => each[1] === name);
  events.push([formatValues(...values) + "\\n", lines.slice(1).map((each) => Number(each[2]))]);
  log.apply(console, values);
}};
process.on("exit", () => process.stdout.write({mark} + JSON.stringify(events))); }}"""
_FORMAT = {
    False: 'const {{ format: formatValues }} = require("node:util");',
    True: 'import {{ format as formatValues }} from "node:util";',
}


_EVENTS: TypeAdapter[list[tuple[str, list[int]]]] = TypeAdapter(list[tuple[str, list[int]]])


@dataclass(frozen=True, slots=True)
class Printed:
    """What one call of a print wrote."""

    text: str
    lines: frozenset[int]
    """Of the program, from 1: where the call stands, and the calls that led to it."""


def recording_program(language: str, program: str, mark: str) -> str:
    """Return a program that prints the same, and then the mark and its record."""
    return _RECORDERS[language](program, mark)


def read_record(stdout: str, mark: str) -> tuple[str, tuple[Printed, ...]] | None:
    """Return what the program itself printed, and the record; None when there is none.

    The program can read the mark in its own source, so the record may be anything.
    """
    printed, found, record = stdout.partition(mark)
    if not found:
        return None
    try:
        events = _EVENTS.validate_json(record)
    except ValidationError:
        return None
    return printed, tuple(Printed(text, frozenset(lines)) for text, lines in events)


def first_line_of(code: str, program: str) -> int:
    """Return the line (from 1) of a program at which a block's code begins; 0 when it is not in it as it stands.

    Where the program holds its source as a string, lines are those of the string.
    """
    source = _source_inside(program)
    found = source.find(code)
    return 0 if found < 0 else source.count("\n", 0, found) + 1


def _source_inside(program: str) -> str:
    if not program.startswith(SOURCE_NAME):
        return program
    value = getattr(ast.parse(program).body[0], "value", None)
    return str(value.value) if isinstance(value, ast.Constant) else program


def _recording_python(program: str, mark: str) -> str:
    return _PYTHON.format(program=program, mark=mark)


def _recording_script(program: str, mark: str) -> str:
    """Put the recorder on the first line, so that the program's lines keep their numbers."""
    recorder = (_FORMAT[is_module(program)] + _JAVASCRIPT).format(mark=json.dumps(mark)).replace("\n", " ")
    return recorder + " " + (f"//{program}" if program.startswith("#!") else program)


_RECORDERS: Mapping[str, Callable[[str, str], str]] = {"python": _recording_python, "javascript": _recording_script}


def texts_at(record: Sequence[Printed], lines: range) -> list[str]:
    """Return what was printed from some lines of the program, in order, without the last line ends."""
    wanted = frozenset(lines)
    return [each.text.removesuffix("\n") for each in record if each.lines & wanted]

"""A program that shows what a session with Node shows: each statement's value, or the error that it ends with."""

from __future__ import annotations

import json

from corpus.node_sessions import node_steps

_PROGRAM = """\
const {{ runInThisContext }} = require("node:vm");
const {{ inspect }} = require("node:util");
Object.assign(globalThis, {{ require, module, exports, __filename, __dirname }});
const steps = {steps};
for (const [line, code] of steps) {{
  try {{
    const value = runInThisContext(code, {{ filename: "example", lineOffset: line }});
    if (line >= 0) console.log(inspect(value));
  }} catch (error) {{
    if (line < 0) throw error;
    console.log(`Uncaught ${{error instanceof Error ? error : inspect(error)}}`);
  }}
}}
"""


def node_session_program(before: str, code: str) -> str:
    """Return the program of a session, which runs `before` first and shows nothing of it."""
    steps = [(-1, before)] if before else []
    steps += [(step.line, step.source) for step in node_steps(code)]
    return _PROGRAM.format(steps=json.dumps(steps, indent=2, ensure_ascii=False))

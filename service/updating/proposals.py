"""Find what the notes would have to say: run each example whose stated output is wrong twice.

What two runs print differently is never written down. Nothing is changed here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.node_sessions import is_node_session
from corpus.outputs import is_session
from service.python_assembling import recorded_session
from service.run_limits import clock_of, limits_of
from service.runs import ProvenExample
from service.sandbox import Limits, Program, Sandbox
from service.updating.forms import Edit, NotWritable, block_edits, comment_edits, session_edits
from service.updating.recording import first_line_of, read_record, recording_program

_ENDED_EARLY = "it ended before it could be seen what was printed where"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would make a stated output right, or why it is left."""

    proven: ProvenExample
    edits: tuple[Edit, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Recorded:
    stdout: str
    """What was printed, with the marks of a session or the record in it."""
    mark: str


class Proposer:
    """Makes proposals, with a sandbox to run examples in."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    async def propose(self, proven: ProvenExample, page_lines: Sequence[str]) -> Proposal:
        """Say how the page would have to change for the example to print what it states."""
        try:
            return Proposal(proven, tuple(await self._edits(proven, page_lines)))
        except NotWritable as reason:
            return Proposal(proven, reason=str(reason))

    async def _edits(self, proven: ProvenExample, page_lines: Sequence[str]) -> list[Edit]:
        example = proven.example
        if example.expected is None or proven.run is None:
            raise NotWritable("the notes state no output")
        if "..." in example.expected.text:
            raise NotWritable("it leaves part of its output open (`...`)")
        if example.origin:
            raise NotWritable(f"its code stands in another file, {example.origin}")
        if is_node_session(example.language, example.code):
            raise NotWritable("a session with Node is left to its author")
        first, second = await self._recorded(proven), await self._recorded(proven)
        if first.stdout.replace(first.mark, "") != second.stdout.replace(second.mark, ""):
            raise NotWritable("two runs print different things")
        if is_session(example.code):
            return session_edits(example, page_lines, first.stdout.split(first.mark)[:-1])
        known = read_record(first.stdout, first.mark)
        if known is None:
            raise NotWritable(_ENDED_EARLY)
        stdout, record = known
        if example.expected.style != "comment":
            return block_edits(example, page_lines, stdout)
        return comment_edits(example, page_lines, stdout, record, self._offset(proven))

    async def _recorded(self, proven: ProvenExample) -> _Recorded:
        mark = f"\x1e{secrets.token_hex(8)}\x1e"
        example, program = proven.example, proven.assembly.program or ""
        code = recorded_session(example, proven.assembly.added, mark) if is_session(example.code) else ""
        code = code or recording_program(example.language, program, mark)
        seconds = limits_of(example, self._limits).wall_seconds
        clock = clock_of(example, "virtual")
        outcome = await self._sandbox.run(Program(code, example.language, clock=clock, wall_seconds=seconds))
        if outcome.status != "ok" or outcome.truncated:
            raise NotWritable(f"another run of it ended otherwise ({outcome.status})")
        return _Recorded(outcome.stdout, mark)

    @staticmethod
    def _offset(proven: ProvenExample) -> int:
        line = first_line_of(proven.example.code, proven.assembly.program or "")
        if not line:
            raise NotWritable("its code does not run as it stands")
        return line - 1

"""A sandbox that runs nothing: it remembers what it was given, and answers every program alike."""

from __future__ import annotations

import asyncio

from service.sandbox import Outcome, Program, SandboxStatus


class FakeSandbox:
    """Answers every program with the same outcome and counts how many run at one time."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.available = True
        self.status = SandboxStatus(
            "box", "", interpreters={"python": "python 3.11.2"}, missing={"javascript": "no node"}
        )
        self.programs: list[Program] = []
        self.most_at_once = self._at_once = 0

    async def run(self, program: Program, *, batch: bool = False) -> Outcome:
        self.programs.append(program)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        return self.outcome


PRINTED_ONE = Outcome("ok", exit_code=0, stdout="1\n", duration_ms=12.34, interpreter="python 3.11.2", tier="box")

"""Runs attempts in one tier with a host full of bait around them, and says of each what was wrong.

Stands on the sandbox alone, so that any user can be given a copy of it (`__main__.py`).
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.sandbox import Limits, Outcome, Program, Sandbox
from tests.service.sandbox.escapes.escape import Escape
from tests.service.sandbox.escapes.host import Host

SIDE_BY_SIDE = 4
SHOWN_CHARACTERS = 300
LIMITS = {
    # far away, since a busy machine must not turn a probe into a time-out
    "patient": Limits(wall_seconds=30.0, cpu_seconds=10),
    "waiting": Limits(wall_seconds=0.7),
    "spinning": Limits(wall_seconds=15.0, cpu_seconds=1),
}
FILE_NAMES = {"python": "attempt.py", "javascript": "attempt.js"}


@dataclass(frozen=True, slots=True)
class Way:
    """How programs are to be run."""

    tier: str
    bwrap: str | None = None
    batch: bool = False
    side_by_side: int = SIDE_BY_SIDE


async def attempt_all(way: Way, escapes: Sequence[Escape], host: Host) -> dict[str, dict[str, Any]]:
    """Run `escapes` and return name → status and what was wrong; nothing is what should be."""
    results: dict[str, dict[str, Any]] = {}
    for pace, limits in LIMITS.items():
        chosen = [escape for escape in escapes if escape.pace == pace and escape.machine in {"", os.uname().machine}]
        if not chosen:
            continue
        sandbox = await Sandbox.open(limits, concurrency=way.side_by_side, bwrap=way.bwrap, tiers=(way.tier,))
        try:
            if sandbox.status.tier != way.tier:
                return {"": {"status": "sandbox_unavailable", "problems": [sandbox.status.detail]}}
            places = asyncio.Semaphore(way.side_by_side)
            found = await asyncio.gather(*(_attempt(sandbox, escape, host, way, places) for escape in chosen))
        finally:
            await sandbox.close()
        results.update(zip([escape.name for escape in chosen], found, strict=True))
    return results


async def _attempt(sandbox: Sandbox, escape: Escape, host: Host, way: Way, places: asyncio.Semaphore) -> dict[str, Any]:
    if escape.language in sandbox.status.missing and way.tier != "sealed":
        return {"status": "skipped", "problems": [], "skipped": sandbox.status.missing[escape.language]}
    async with places:  # the sandbox has as many; here it keeps the victim of an earlier attempt out of the program
        code = host.fill(escape.code, escape.name)
        program = Program(code, escape.language, FILE_NAMES[escape.language], escape.clock)
        outcome = await sandbox.run(program, batch=way.batch)
        problems = [*_judge(escape, way.tier, outcome), *host.harm(escape.name)]
    return {"status": outcome.status, "duration_ms": outcome.duration_ms, "problems": problems}


def _judge(escape: Escape, tier: str, outcome: Outcome) -> list[str]:
    problems = []
    if outcome.status not in escape.statuses(tier):
        problems.append(f"status {outcome.status} is none of {', '.join(escape.statuses(tier))}")
    if "ESCAPE" in outcome.stdout:
        problems.append("it escaped")
    if not re.search(escape.pattern(tier), outcome.stdout):
        problems.append("it printed something else")
    if problems:
        shown = (outcome.stdout[-SHOWN_CHARACTERS:], outcome.stderr[-SHOWN_CHARACTERS:], outcome.detail)
        problems.append(f"stdout {shown[0]!r}, stderr {shown[1]!r}, {shown[2]}")
    return problems

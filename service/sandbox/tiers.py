"""The ways to confine programs, strongest first, and the proof of the first that holds here.

There is no way down from a tier that is in use: what fails in it stays failed.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from service.sandbox.box import Box, Walls, with_interpreter
from service.sandbox.broker import Broker
from service.sandbox.bubblewrap import find_bubblewrap
from service.sandbox.canary import prove
from service.sandbox.confinement import Confinement
from service.sandbox.errors import InterpreterMissing, LaunchFailed, SandboxError
from service.sandbox.groups import Groups
from service.sandbox.identity import unprivileged_identity
from service.sandbox.interpreter import Interpreter, node_candidates, python_candidates
from service.sandbox.languages import JAVASCRIPT, PYTHON
from service.sandbox.limits import Limits
from service.sandbox.policy import SEALED
from service.sandbox.sealed import Sealed
from service.sandbox.seccomp import filter_bytes

TIERS = ("box", "box-nested", "sealed")
"""All tiers, strongest first."""

C = TypeVar("C", bound=Confinement)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Host:
    """What a tier is opened with."""

    broker: Broker
    groups: Groups | None
    limits: Limits
    bwrap: str | None
    """Path of the only bwrap to use."""


@dataclass(slots=True)
class Proven:
    """A tier that has passed its canary."""

    tier: str
    confinements: Mapping[str, Confinement]
    """Language → what confines its programs."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Language → why it can't be run."""
    bubblewrap: str = ""
    rejected: Mapping[str, str] = field(default_factory=dict)
    """Stronger tier → why it is not used."""
    close: Callable[[], None] = lambda: None


async def first_proven(host: Host, tiers: Sequence[str]) -> Proven:
    """Return the first of `tiers` that passes its canary. Raises the first one's `SandboxError` when none does."""
    rejected: dict[str, str] = {}
    failure: SandboxError | None = None
    for tier in tiers:
        try:
            proven = await OPENERS[tier](host, tier)
        except (SandboxError, OSError) as error:
            logger.info("Tier %s is not used: %s", tier, error)
            rejected[tier] = str(error)
            failure = failure or (error if isinstance(error, SandboxError) else LaunchFailed(str(error)))
        else:
            proven.rejected = rejected
            return proven
    raise failure or ValueError(f"no tier given; there are {', '.join(TIERS)}")


async def _open_box(host: Host, tier: str) -> Proven:
    """Return a proven box for each language that can be run."""
    filter_program = filter_bytes(os.uname().machine)
    identity = unprivileged_identity()
    bubblewrap = await asyncio.to_thread(find_bubblewrap, identity, host.bwrap)
    walls = Walls(host.broker, identity, bubblewrap, filter_program, host.groups, tier)
    try:
        box = await _python_box(walls, host.limits)
    except BaseException:
        bubblewrap.remove_copy()
        raise
    if bubblewrap.copy is not None:
        host.broker.remove_in_the_end(str(bubblewrap.copy))
    boxes, missing = {PYTHON.name: box}, {}
    try:
        boxes[JAVASCRIPT.name] = await _javascript_box(box, host.limits)
    except SandboxError as error:
        missing[JAVASCRIPT.name] = str(error)
    return Proven(tier, boxes, missing, f"{bubblewrap.path} {bubblewrap.version}", close=bubblewrap.remove_copy)


async def _open_sealed(host: Host, tier: str) -> Proven:
    """Return the first Python that passes the canary when it is sealed."""
    filter_program = filter_bytes(os.uname().machine, SEALED)
    identity = unprivileged_identity()
    pythons = await asyncio.to_thread(_all, python_candidates(identity))
    candidates = [Sealed(host.broker, identity, filter_program, host.groups, python) for python in pythons]
    remedy = "install Debian's python3, which every user can execute."
    sealed = await _first(candidates, host.limits, InterpreterMissing("python", remedy))
    missing = {JAVASCRIPT.name: "Tier `sealed` runs Python only; JavaScript needs user namespaces."}
    return Proven(tier, {PYTHON.name: sealed}, missing)


async def _python_box(walls: Walls, limits: Limits) -> Box:
    """Return the box of the first Python that passes the canary; the reason of the last that did not is raised."""
    remedy = "install Debian's python3, which every user can execute."
    pythons = await asyncio.to_thread(_all, python_candidates(walls.identity))
    boxes = [Box(walls, python, PYTHON, python) for python in pythons if python.packages]
    return await _first(boxes, limits, InterpreterMissing("python", remedy))


async def _javascript_box(box: Box, limits: Limits) -> Box:
    missing = InterpreterMissing("javascript", "install Node.js where every user can execute it.")
    nodes = await asyncio.to_thread(_all, node_candidates(box.walls.identity))
    return await _first([with_interpreter(box, JAVASCRIPT, node) for node in nodes], limits, missing)


async def _first(candidates: Sequence[C], limits: Limits, failure: SandboxError) -> C:
    """Return the first candidate that passes the canary. Raises the last one's reason, or `failure` for none."""
    for candidate in candidates:
        try:
            await prove(candidate, limits)
        except SandboxError as error:
            failure = error
        else:
            return candidate
    raise failure


def _all(candidates: Iterator[Interpreter]) -> list[Interpreter]:
    return list(candidates)


OPENERS: Mapping[str, Callable[[Host, str], Awaitable[Proven]]] = {
    "box": _open_box,
    "box-nested": _open_box,
    "sealed": _open_sealed,
}

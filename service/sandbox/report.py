"""What a run tells of its clock and its tasks, read when the run is over, as data of a stranger.

It is bounded and checked, and makes labels and pictures only. It is told through a file in memory, whose size can't be
changed, so that it is there however the run ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.sandbox.inside.report import EVENTS_START, HEADER, OVER_LIMIT, SIZE_BYTES, VIRTUAL
from service.sandbox.lanes import Lane, parse_lanes
from service.sandbox.limits import Limits

SEALS = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Reported:
    """What a run said of itself; all of it may be a lie."""

    virtual_seconds: float | None = None
    """Where its clock stood when the last skipped wait was over; None when it says that its clock was the real one."""
    over_limit: bool = False
    """Its clock was to skip more than it may."""
    lanes: tuple[Lane, ...] = ()
    """When its tasks ran, where they were to be recorded."""


@contextmanager
def open_report() -> Iterator[int]:
    """Make the file; its descriptor is to be handed to the run."""
    descriptor = os.memfd_create("report", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, SIZE_BYTES)
        os.fchmod(descriptor, 0o600)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, SEALS)
        yield descriptor
    finally:
        os.close(descriptor)


def read_report(descriptor: int, limits: Limits) -> Reported:
    """Read what a run that is over has told."""
    return parse_report(os.pread(descriptor, SIZE_BYTES, 0), limits)


def parse_report(content: bytes, limits: Limits) -> Reported:
    """Return what can be true of `content`, which may be any bytes."""
    if len(content) < HEADER.size:
        return Reported()
    _, passed_ns, state = HEADER.unpack_from(content)
    longest = limits.virtual_seconds + limits.wall_seconds
    lanes = parse_lanes(content[EVENTS_START:], longest)
    if state not in (VIRTUAL, OVER_LIMIT):
        return Reported(lanes=lanes)
    return Reported(round(min(passed_ns / SECOND_NS, longest), 1), state == OVER_LIMIT, lanes)

"""The limits and the clock of one example's run: the service's, and what its author asks for."""

from __future__ import annotations

import dataclasses
import math
import re

from corpus.document import Example
from service.sandbox import Clock, Limits

_SECONDS = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|sec|seconds?)?", re.IGNORECASE)


def limits_of(example: Example, limits: Limits) -> Limits:
    """Return the limits with the example's own `timeout=`, which can only shorten what the service allows."""
    asked = _seconds(example.annotations.get("timeout", ""))
    if asked is None or asked >= limits.wall_seconds:
        return limits
    return dataclasses.replace(limits, wall_seconds=asked)


def clock_of(example: Example, clock: Clock) -> Clock:
    """Return the clock that is asked for, or the real one where the example's author wants that."""
    return "real" if example.annotations.get("clock") == "real" else clock


def _seconds(text: str) -> float | None:
    """Read `2`, `0.5s` or `500ms`; None for what is no time, or none at all."""
    match = _SECONDS.fullmatch(text.strip())
    if match is None:
        return None
    seconds = float(match[1]) / (1000 if (match[2] or "").lower() == "ms" else 1)
    return seconds if seconds > 0 and math.isfinite(seconds) else None

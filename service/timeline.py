"""The timeline of a run in words: what its lanes are called, how long they took, and how they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.sandbox import Lane

SHORT_SECONDS = 0.2
"""A run up to this long is told in milliseconds."""
LONG_SECONDS = 2.0
"""In one from here on, hundredths of a second say nothing."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Tells the times of one run in the unit that fits its length."""

    seconds: float

    @classmethod
    def of(cls, lanes: Sequence[Lane]) -> Scale:
        """Return the scale of a run with these lanes."""
        return cls(max((lane.end for lane in lanes), default=0.0))

    @property
    def unit(self) -> str:
        """`s` or `ms`."""
        return "ms" if self.seconds < SHORT_SECONDS else "s"

    def number(self, seconds: float) -> str:
        """Return a time as a number in this unit, as short as it can be told apart."""
        value = seconds * 1000 if self.unit == "ms" else seconds
        digits = 2 if SHORT_SECONDS <= self.seconds < LONG_SECONDS else 1
        return f"{value:.{digits}f}".rstrip("0").rstrip(".")

    def text(self, seconds: float) -> str:
        """Return a time with its unit."""
        return f"{self.number(seconds)} {self.unit}"


def labels(lanes: Sequence[Lane]) -> list[str]:
    """Return a name for each lane; those of the same name are numbered."""
    seen: Counter[str] = Counter()
    names = [lane.name or "task" for lane in lanes]
    found = []
    for name in names:
        seen[name] += 1
        found.append(f"{name} ({seen[name]})" if names.count(name) > 1 else name)
    return found


def lane_text(label: str, lane: Lane, scale: Scale) -> str:
    """Say what became of a task, as `work: 0 s to 2 s, waited 1.99 s, done`."""
    waited = lane.end - lane.start - sum(end - start for start, end in lane.steps)
    parts = [f"{label}: {scale.text(lane.start)} to {scale.text(lane.end)}", lane.ending]
    if waited > 0:
        parts.insert(1, f"waited {scale.text(waited)}")
    return ", ".join(parts)


def describe(lanes: Sequence[Lane]) -> str:
    """Say what the picture of a run shows."""
    scale = Scale.of(lanes)
    texts = (lane_text(label, lane, scale) for label, lane in zip(labels(lanes), lanes, strict=True))
    return "; ".join(texts) + "."

"""When each task of a run ran, waited and ended, read from what the run told: data of a stranger, checked line by line.

What is not as it should be is left out, and what comes after it: a program can spoil its own picture, and no more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Ending = Literal["done", "failed", "cancelled", "unfinished"]

MOST_LANES = 40
MOST_STEPS = 1000
"""Of one lane; they bound the size of a kept result and of its picture."""
NAME_CHARACTERS = 60
LARGEST = 10**15
CLOSE_SECONDS = 1e-4
"""Steps that follow one another that closely are one."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One task. Times are seconds since the first task began, on the program's clock."""

    name: str
    steps: tuple[tuple[float, float], ...]
    """When it ran; between them it waited."""
    ending: Ending = "unfinished"

    @property
    def start(self) -> float:
        """When it first ran."""
        return self.steps[0][0]

    @property
    def end(self) -> float:
        """When it ran last."""
        return self.steps[-1][1]


def parse_lanes(content: bytes, longest_seconds: float) -> tuple[Lane, ...]:
    """Return the lanes that `content` tells of, in the order in which they began; it may be any bytes.

    There is none where nothing can be seen: of a single task that never waited.
    """
    names: dict[int, str] = {}
    steps: dict[int, list[tuple[float, float]]] = {}
    endings: dict[int, Ending] = {}
    for event in _events(content):
        match event:
            case ["task", int(number), str(name)] if number == len(names) < MOST_LANES:
                names[number] = _plain(name)
            case ["ran", int(number), int(start), int(end)] if number in names and 0 <= start <= end < LARGEST:
                _add(steps.setdefault(number, []), _seconds(start), min(_seconds(end), longest_seconds))
            case ["end", int(number), ("done" | "failed" | "cancelled") as ending] if number in names:
                endings.setdefault(number, ending)
            case _:
                break
    ran = {number: steps[number] for number in names if steps.get(number)}
    if len(ran) == 1 and all(len(one) == 1 for one in ran.values()):
        return ()
    zero = min((one[0][0] for one in ran.values()), default=0.0)
    return tuple(
        Lane(names[number], tuple(_since(zero, one)), endings.get(number, "unfinished")) for number, one in ran.items()
    )


def lanes_from(values: Iterable[dict[str, Any]]) -> tuple[Lane, ...]:
    """Return lanes from what `dataclasses.asdict` made of them, and JSON of that."""
    return tuple(
        Lane(value["name"], tuple((start, end) for start, end in value["steps"]), value["ending"]) for value in values
    )


def _events(content: bytes) -> Iterator[object]:
    for line in content.rstrip(b"\0").splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            return


def _add(steps: list[tuple[float, float]], start: float, end: float) -> None:
    last = steps[-1] if steps else (0.0, -math.inf)
    if start > end or start < last[1]:
        return
    if start - last[1] < CLOSE_SECONDS:
        steps[-1] = last[0], end
    elif len(steps) < MOST_STEPS:
        steps.append((start, end))


def _since(zero: float, steps: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    return ((round(start - zero, 6), round(end - zero, 6)) for start, end in steps)


def _seconds(microseconds: int) -> float:
    return round(microseconds / 1_000_000, 6)


def _plain(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:NAME_CHARACTERS]

"""Draws the timeline of a run: one lane a task, dark where it ran and light where it waited.

It stands alone, follows the reader's light or dark, runs no script, and says in words what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from service.sandbox import Lane
from service.timeline import Scale, describe, labels, lane_text

WIDTH, PADDING, LANE_HEIGHT, AXIS_HEIGHT, LEGEND_HEIGHT = 520, 12, 26, 26, 22
CHARACTER_WIDTH = 6.8
MOST_LABEL_CHARACTERS = 20
SHORTEST_STEP = 3.0
WAIT_HEIGHT, STEP_HEIGHT, MARK_RADIUS = 6, 14, 4.5
MOST_TICKS = 6
SHORTEST_AXIS_SECONDS = 1e-3
"""A run of no time at all still has an axis."""
LEGEND = (("step", "runs"), ("wait", "waits"), ("done", "done"), ("failed", "failed"), ("cancelled", "cancelled"))

STYLE = """
:root { color-scheme: light dark; --card: #ffffff; --line: #e2dfd8; --text: #1f2328; --soft: #5c6370;
  --step: #0f766e; --wait: #b5dbd5; --bad: #a4232a; --warn: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --card: #1c2024; --line: #343a41; --text: #e7e9ea; --soft: #a3abb4;
  --step: #5ec7ba; --wait: #24544f; --bad: #ff9d96; --warn: #f0bd66; } }
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  fill: var(--text); }
.soft { fill: var(--soft); font-size: 11px; }
.card { fill: var(--card); }
.grid { stroke: var(--line); }
.wait { fill: var(--wait); }
.step, .done { fill: var(--step); }
.failed { stroke: var(--bad); stroke-width: 2.5; stroke-linecap: round; }
.cancelled { fill: var(--card); stroke: var(--warn); stroke-width: 2; }
"""


def draw(lanes: Sequence[Lane], title: str) -> str:
    """Return the picture as an SVG document; `title` says what ran."""
    scale, names = Scale.of(lanes), labels(lanes)
    left = PADDING * 2 + CHARACTER_WIDTH * max(len(_short(name)) for name in names)
    sheet = _Sheet(max(scale.seconds, SHORTEST_AXIS_SECONDS), left, len(lanes))
    root = _root(sheet, _printable(title), describe(lanes))
    _draw_grid(root, sheet, scale)
    for row, (name, lane) in enumerate(zip(names, lanes, strict=True)):
        _draw_lane(root, sheet, row, name, lane, scale)
    shown = {"step", "wait", *(lane.ending for lane in lanes)}
    _draw_legend(root, sheet, [(kind, word) for kind, word in LEGEND if kind in shown])
    return ElementTree.tostring(root, encoding="unicode")


class _Sheet:
    """Where things stand on the sheet."""

    def __init__(self, seconds: float, left: float, rows: int) -> None:
        self.left, self.right = left, WIDTH - PADDING * 2
        self.bottom = PADDING + rows * LANE_HEIGHT
        self.height = self.bottom + AXIS_HEIGHT + LEGEND_HEIGHT + PADDING
        self._seconds = seconds

    def x(self, seconds: float) -> float:
        return round(self.left + (self.right - self.left) * min(seconds / self._seconds, 1), 1)

    def middle(self, row: int) -> float:
        return PADDING + (row + 0.5) * LANE_HEIGHT


def _root(sheet: _Sheet, title: str, description: str) -> Element:
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {sheet.height}",
            "width": str(WIDTH),
            "height": str(sheet.height),
            "role": "img",
            "aria-labelledby": "title description",
        },
    )
    SubElement(root, "title", id="title").text = title
    SubElement(root, "desc", id="description").text = description
    SubElement(root, "style").text = STYLE
    _add(root, "rect", "card", width=WIDTH, height=sheet.height, rx=8)
    return root


def _draw_grid(root: Element, sheet: _Sheet, scale: Scale) -> None:
    for seconds in _ticks(max(scale.seconds, SHORTEST_AXIS_SECONDS)):
        x = sheet.x(seconds)
        _add(root, "line", "grid", x1=x, x2=x, y1=PADDING, y2=sheet.bottom + 4)
        label = _add(root, "text", "soft", x=x, y=sheet.bottom + 18)
        label.set("text-anchor", "middle")
        label.text = scale.text(seconds)


def _draw_lane(root: Element, sheet: _Sheet, row: int, name: str, lane: Lane, scale: Scale) -> None:
    middle, group = sheet.middle(row), SubElement(root, "g")
    SubElement(group, "title").text = lane_text(name, lane, scale)
    _add(group, "text", "", x=PADDING, y=middle + 4).text = _short(name)
    start, end = sheet.x(lane.start), sheet.x(lane.end)
    _add(group, "rect", "wait", x=start, y=middle - WAIT_HEIGHT / 2, width=round(end - start, 1), height=WAIT_HEIGHT)
    drawn = 0.0
    for step_start, step_end in lane.steps:
        x, step_x = sheet.x(step_start), sheet.x(step_end)
        if step_x > drawn:  # else it would not be seen
            drawn = max(step_x, x + SHORTEST_STEP)
            width = round(drawn - x, 1)
            _add(group, "rect", "step", x=x, y=middle - STEP_HEIGHT / 2, width=width, height=STEP_HEIGHT, rx=1.5)
    _draw_mark(group, lane.ending, end + MARK_RADIUS + 1, middle)


def _draw_mark(group: Element, ending: str, x: float, y: float) -> None:
    if ending == "failed":
        arm = MARK_RADIUS * 0.8
        for sign in (1, -1):
            _add(group, "line", "failed", x1=x - arm, x2=x + arm, y1=y - arm * sign, y2=y + arm * sign)
    elif ending in ("done", "cancelled"):
        _add(group, "circle", ending, cx=x, cy=y, r=MARK_RADIUS)


def _draw_legend(root: Element, sheet: _Sheet, entries: Sequence[tuple[str, str]]) -> None:
    x, y = sheet.left, sheet.bottom + AXIS_HEIGHT + LEGEND_HEIGHT / 2 + 4
    for kind, word in entries:
        if kind == "step":
            _add(root, "rect", "step", x=x, y=y - STEP_HEIGHT / 2, width=4, height=STEP_HEIGHT, rx=1.5)
        elif kind == "wait":
            _add(root, "rect", "wait", x=x - 4, y=y - WAIT_HEIGHT / 2, width=14, height=WAIT_HEIGHT)
        else:
            _draw_mark(root, kind, x + 4, y)
        _add(root, "text", "soft", x=x + 14, y=y + 4).text = word
        x += 34 + CHARACTER_WIDTH * len(word)


def _ticks(seconds: float) -> Iterator[float]:
    """Yield round times from 0 to the end, at most `MOST_TICKS` and one."""
    rough = seconds / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    for number in range(math.floor(seconds / step + 1e-9) + 1):
        yield number * step


def _add(parent: Element, tag: str, kind: str, **numbers: float) -> Element:
    attributes = {name: f"{number:g}" for name, number in numbers.items()}
    return SubElement(parent, tag, {**({"class": kind} if kind else {}), **attributes})


def _short(name: str) -> str:
    return name if len(name) <= MOST_LABEL_CHARACTERS else name[: MOST_LABEL_CHARACTERS - 1] + "…"


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())

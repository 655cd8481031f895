"""Output for people: progress bars and colour on a terminal, plain text and silence when piped.

Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from service.printable import printable

Report = Callable[[str, int, int], None]
_HIDDEN = "\N{REPLACEMENT CHARACTER}"


def results() -> Console:
    """Return the console for results; text from the notes is never read as markup."""
    return Console(highlight=False, markup=False, emoji=False)


def messages() -> Console:
    """Return the console for messages."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    """Write a message for people, on one line."""
    print(text, file=sys.stderr, flush=True)


def write_json(value: Any) -> None:
    """Write a result as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)


def visible(text: str) -> str:
    """Replace characters that could drive the reader's terminal or turn a line around; line ends and tabs stay."""
    return printable(text, _HIDDEN)


class _Rate(ProgressColumn):
    """How many are done in a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "")


@contextmanager
def progress_bars() -> Iterator[Report]:
    """Show a bar for each stage that is reported, on a terminal only."""
    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage.capitalize(), total=total)
            progress.update(bars[stage], completed=done, total=total)

        yield report

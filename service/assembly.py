"""What comes of putting an example together: a program with what was added, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that runs with an example's code and does not stand in it."""

    what: Literal["import", "definition", "statement", "call"]
    lines: str
    """Where it stands in the notes, `path:start-end`; empty when it stands nowhere."""
    code: str
    why: str

    def __str__(self) -> str:
        head = self.code.strip().partition("\n")[0]
        place = f" ({self.lines})" if self.lines else ""
        return f"{self.what} `{head}`{place}: {self.why}"


@dataclass(frozen=True, slots=True)
class Assembly:
    """What runs in place of an example, or why nothing does."""

    program: str | None
    added: tuple[Addition, ...] = ()
    chained: Assembly | None = None
    """The same with what earlier blocks do to the values that it takes from them; it runs when the other one fails."""
    alone: str | None = None
    """The program without what was added, where something was; it runs when the other one fails."""
    reason: str = ""
    """Why there is no program; empty when there is one."""
    remark: str = ""
    """What a run of the program does not show; empty when there is nothing to say."""
    expects_error: str = ""
    """Name of the exception that the notes say it ends with; `*` for any; empty when it is to succeed."""


class NotRunnable(Exception):
    """An example can't be made a program; the message is the reason that people read."""

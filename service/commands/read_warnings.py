"""What of the notes could not be read as it was meant, told to who keeps them: a few of each kind, or all.

Large notes bring hundreds of one kind, among which the one that matters would not be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.document import ReadWarning
from service.commands.terminal import say

SHOWN = 3
"""Of each kind."""


def say_warnings(warnings: Sequence[ReadWarning], *, every: bool = False) -> None:
    """Tell the warnings, each on a line of its own with file and line."""
    for line in warning_lines(warnings, every=every):
        say(line)


def warning_lines(warnings: Sequence[ReadWarning], *, every: bool = False) -> Iterator[str]:
    """Yield the warnings in the order given, all of them or of each kind the first, and then what was left out."""
    by_kind: dict[str, list[ReadWarning]] = {}
    for warning in warnings:
        by_kind.setdefault(warning.kind, []).append(warning)
    left_out = False
    for kind, alike in by_kind.items():
        # A line that stands for one warning is as long as that warning.
        shown = alike if every or len(alike) <= SHOWN + 1 else alike[:SHOWN]
        yield from map(str, shown)
        if more := len(alike) - len(shown):
            files = len({warning.path for warning in alike[SHOWN:]})
            yield f"  and {more:,} more of this kind ({kind}), in {files:,} {'file' if files == 1 else 'files'}"
            left_out = True
    if left_out:
        yield f"  {len(warnings):,} warnings; --warnings shows all of them"

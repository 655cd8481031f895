"""Watches the memory of a whole run, where the kernel's own limits count each process for itself.

For where there are no control groups. Read from /proc a few times a second, so a run may be over its limit for about
that long. A run that ends sooner is never looked at.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

INTERVAL_SECONDS = 0.1
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
FIRST_TO_DIE = "1000"


async def until_over(root: int, limit_bytes: int) -> None:
    """Return when process `root` and its descendants together hold more than `limit_bytes` of private memory."""
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        # The estimate counts a page that was shared by a fork once for each process; the true share costs more to ask.
        processes = list(process_tree(root))
        if sum(map(_private_bytes, processes)) > limit_bytes and sum(map(_share_bytes, processes)) > limit_bytes:
            return


def offer_to_kernel(root: int) -> None:
    """Let the kernel end this run before anything else when the machine itself is out of memory."""
    for process in process_tree(root):
        with suppress(OSError):
            Path(f"/proc/{process}/oom_score_adj").write_text(FIRST_TO_DIE)


def process_tree(root: int) -> Iterator[int]:
    """Yield `root` and its descendants; orphans stay within it, since it is the first process of its namespace."""
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        for thread in _names(Path(f"/proc/{process}/task")):
            with suppress(OSError):
                waiting += map(int, Path(f"/proc/{process}/task/{thread}/children").read_text().split())


def parent_of(process: int) -> int:
    """Return the parent of `process`, or 0 when either is gone."""
    try:
        _, _, fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")
    except OSError:
        return 0
    return int(fields.split()[1])


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _private_bytes(process: int) -> int:
    try:
        _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * PAGE_BYTES


def _share_bytes(process: int) -> int:
    """Return the memory of `process` with shared pages divided by their holders; the estimate where unknown."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))
    except (OSError, StopIteration):
        return _private_bytes(process)

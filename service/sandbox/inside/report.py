"""What a run tells of its clock: a few numbers in a file of fixed size that the service reads when the run is over.

The program can write to the file too. So it holds nothing that the service relies on: a lie makes a label wrong.
"""

import json
import os
import resource
import struct

SIZE_BYTES = 64 * 1024
HEADER = struct.Struct("<QQB")
"""Nanoseconds skipped, nanoseconds passed on the program's clock in all, state."""
NO_CLOCK, VIRTUAL, OVER_LIMIT = range(3)
EVENTS_START = 32
"""From here on: what happened, as JSON, a line each."""
ROOM_FOR_ENDS_BYTES = 4 * 1024
"""Kept free at the end of the file, so that it can be told how tasks ended."""
LIMIT_EXIT_CODE = 111
"""`clock.js` knows it too."""


def take(descriptor: int, *, inheritable: bool = False) -> int:
    """Move the file's descriptor out of the way of the program's: to the highest number that it may have."""
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 1
    os.dup2(descriptor, highest, inheritable=inheritable)
    if descriptor != highest:
        os.close(descriptor)
    return highest


class Report:
    """Writes to the file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._process = os.getpid()
        self._end = EVENTS_START

    def tell_clock(self, skipped_ns: int, passed_ns: int, state: int = VIRTUAL) -> None:
        """Write what the clock says now."""
        self._write(HEADER.pack(skipped_ns, max(passed_ns, 0), state), 0)

    def tell_event(self, event: list[object], *, is_last: bool = False) -> None:
        """Write what happened, while there is room; some room is left for what `is_last`."""
        line = json.dumps(event).encode() + b"\n"
        room = SIZE_BYTES - self._end - (0 if is_last else ROOM_FOR_ENDS_BYTES)
        if len(line) <= room and os.getpid() == self._process:
            self._write(line, self._end)
            self._end += len(line)

    def _write(self, content: bytes, offset: int) -> None:
        try:  # noqa: SIM105  (contextlib would slow down the start of every Node)
            os.pwrite(self._descriptor, content, offset)
        except OSError:
            pass  # the program has closed it: its result has no such label

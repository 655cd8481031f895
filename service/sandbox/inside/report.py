"""What a run tells of its clock: a few numbers in a file of fixed size that the service reads when the run is over.

The program can write to the file too. So it holds nothing that the service relies on: a lie makes a label wrong.
"""

import os
import resource
import struct

SIZE_BYTES = 64 * 1024
HEADER = struct.Struct("<QQB")
"""Nanoseconds skipped, nanoseconds passed on the program's clock in all, state."""
NO_CLOCK, VIRTUAL, OVER_LIMIT = range(3)
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

    def tell_clock(self, skipped_ns: int, passed_ns: int, state: int = VIRTUAL) -> None:
        """Write what the clock says now."""
        self._write(HEADER.pack(skipped_ns, max(passed_ns, 0), state), 0)

    def _write(self, content: bytes, offset: int) -> None:
        try:  # noqa: SIM105  (contextlib would slow down the start of every Node)
            os.pwrite(self._descriptor, content, offset)
        except OSError:
            pass  # the program has closed it: its result has no such label

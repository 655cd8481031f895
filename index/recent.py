"""What was read from the disk lately, kept by row: neighbouring questions read the same chunks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """At most `most` values; may be used from several threads. A value must not be changed by who gets it."""

    def __init__(self, read: Callable[[Sequence[int]], Sequence[Value]], most: int) -> None:
        """Take the function that reads values by row, in the order asked for."""
        self._read = read
        self._most = most
        self._kept: OrderedDict[int, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, rows: Sequence[int]) -> list[Value]:
        """Return values by row, in the order asked for; those that are not kept are read together."""
        rows = [int(row) for row in rows]
        with self._lock:
            found = {row: self._kept[row] for row in rows if row in self._kept}
            for row in found:
                self._kept.move_to_end(row)
        missing = [row for row in dict.fromkeys(rows) if row not in found]
        if missing:
            found.update(zip(missing, self._read(missing), strict=True))
            self._keep({row: found[row] for row in missing})
        return [found[row] for row in rows]

    def _keep(self, values: dict[int, Value]) -> None:
        with self._lock:
            self._kept.update(values)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

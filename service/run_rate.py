"""A bound on how many runs are started in a minute, for the process as a whole: a bucket that fills up steadily."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from service.errors import TooManyRuns


class RunRate:
    """Lets `per_minute` runs start in any minute, at most those of ten seconds at once."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with a full bucket; `clock` tells seconds."""
        self._per_second = per_minute / 60
        self._most = max(1.0, per_minute / 6)
        self._left = self._most
        self._clock = clock
        self._at = clock()

    def take(self) -> None:
        """Count one run. Raises TooManyRuns, which says when there will be room for it."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            raise TooManyRuns(max(1, math.ceil((1 - self._left) / self._per_second)))
        self._left -= 1

"""What a program asks for the time, answered by the virtual clock: `time`, and `datetime.now`.

`time.sleep` waits on it too. Times of files and of processes stay what they are.
"""

import datetime
import math
import operator
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from service.sandbox.inside.clock import SECOND_NS, Clock, real_sleep
from service.sandbox.inside.replacing import CannotReplace, Replacements

CLOCKS = ("time", "monotonic", "perf_counter")
SYSTEM_CLOCKS = ("REALTIME", "MONOTONIC", "MONOTONIC_RAW", "BOOTTIME", "TAI", "REALTIME_COARSE", "MONOTONIC_COARSE")
LONGEST_SLEEP_SECONDS = 9e9  # the interpreter's own limit is a little higher, and it has words for what is over it

UTCNOW_WARNING = (
    "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware "
    "objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC)."
)


def replace_time(clock: Clock, replacements: Replacements) -> None:
    """Put the virtual clock behind `time`."""
    for name in CLOCKS:
        nanoseconds = getattr(time, f"{name}_ns")
        replacements.function(time, name, _seconds(clock, nanoseconds))
        replacements.function(time, f"{name}_ns", _nanoseconds(clock, nanoseconds))
    replacements.function(time, "sleep", _sleep(clock))
    for name in ("localtime", "gmtime", "ctime"):
        replacements.function(time, name, _of_now(getattr(time, name)))
    replacements.function(time, "asctime", _of_today(time.asctime))
    replacements.function(time, "strftime", _formatted(time.strftime))
    _replace_system_clocks(clock, replacements)


def replace_datetime(clock: Clock, replacements: Replacements) -> None:
    """Put the virtual clock behind `datetime.datetime.now`; `today` asks `time.time` by itself."""

    def now(kind: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return kind.fromtimestamp(time.time(), tz)

    def utcnow(kind: type[datetime.datetime]) -> datetime.datetime:
        if sys.version_info >= (3, 12):
            warnings.warn(UTCNOW_WARNING, DeprecationWarning, stacklevel=2)
        return kind.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

    for function in (now, utcnow):
        function.__qualname__ = f"datetime.{function.__name__}"
        replacements.method(datetime.datetime, function.__name__, classmethod(function))


def check_datetime(clock: Clock) -> None:
    """Raise `CannotReplace` unless dates follow the clock."""
    day_ns = 86_400 * SECOND_NS
    before = datetime.datetime.now(), datetime.datetime.today(), datetime.date.today()
    clock.skipped_ns += 2 * day_ns
    after = datetime.datetime.now(), datetime.datetime.today(), datetime.date.today()
    clock.skipped_ns -= 2 * day_ns
    if not all(later > earlier for earlier, later in zip(before, after, strict=True)):
        raise CannotReplace("datetime.now")


def _seconds(clock: Clock, nanoseconds: Callable[[], int]) -> Callable[[], float]:
    return lambda: (nanoseconds() + clock.skipped_ns) / SECOND_NS


def _nanoseconds(clock: Clock, nanoseconds: Callable[[], int]) -> Callable[[], int]:
    return lambda: nanoseconds() + clock.skipped_ns


def _sleep(clock: Clock) -> Callable[[Any], None]:
    def sleep(seconds: Any, /) -> None:
        length = _length(seconds)
        if length is None or clock.passes_through():
            real_sleep(seconds)
        else:
            clock.wait(clock.deadline(length), lambda: False)

    return sleep


def _length(seconds: Any) -> float | None:
    """Return a length that can be slept on the virtual clock; the interpreter has words for what is none."""
    if not isinstance(seconds, float):
        try:
            seconds = operator.index(seconds)
        except TypeError:
            return None
    return float(seconds) if 0 < seconds < LONGEST_SLEEP_SECONDS and not math.isnan(seconds) else None


def _of_now(real: Callable[[float], Any]) -> Callable[..., Any]:
    return lambda seconds=None, /: real(time.time() if seconds is None else seconds)


def _of_today(real: Callable[..., str]) -> Callable[..., str]:
    return lambda *times: real(*(times or (time.localtime(),)))


def _formatted(real: Callable[..., str]) -> Callable[..., str]:
    return lambda form, *times: real(form, *(times or (time.localtime(),)))


def _replace_system_clocks(clock: Clock, replacements: Replacements) -> None:
    numbers = {getattr(time, f"CLOCK_{name}", None) for name in SYSTEM_CLOCKS}
    real, real_ns = time.clock_gettime, time.clock_gettime_ns

    def clock_gettime(number: int, /) -> float:
        return real(number) + (clock.skipped_ns / SECOND_NS if number in numbers else 0)

    def clock_gettime_ns(number: int, /) -> int:
        return real_ns(number) + (clock.skipped_ns if number in numbers else 0)

    replacements.function(time, "clock_gettime", clock_gettime)
    replacements.function(time, "clock_gettime_ns", clock_gettime_ns)

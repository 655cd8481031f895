"""Runs that callers start are bounded in number, and whoever is turned away learns when to come back."""

from __future__ import annotations

import pytest

from service.errors import TooManyRuns
from service.run_rate import RunRate


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(rate: RunRate) -> int:
    """Start runs until one is refused; return how many started."""
    for count in range(10_000):
        try:
            rate.take()
        except TooManyRuns:
            return count
    raise AssertionError("no bound at all")


def test_rate_lets_ten_seconds_worth_start_at_once() -> None:
    assert taken(RunRate(600, Clock())) == 100


def test_rate_of_one_a_minute_lets_one_start() -> None:
    assert taken(RunRate(1, Clock())) == 1


def test_rate_fills_up_again_and_no_further() -> None:
    clock = Clock()
    rate = RunRate(60, clock)
    assert taken(rate) == 10
    clock.now = 3.0
    assert taken(rate) == 3
    clock.now = 3_600.0
    assert taken(rate) == 10


def test_rate_says_when_to_come_back_and_keeps_it() -> None:
    clock = Clock()
    rate = RunRate(1, clock)
    rate.take()
    with pytest.raises(TooManyRuns) as refused:
        rate.take()
    assert refused.value.retry_after_seconds == 60
    clock.now += refused.value.retry_after_seconds
    rate.take()

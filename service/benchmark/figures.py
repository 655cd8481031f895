"""What a benchmark gives: named numbers with their units, and how to sum up many times into a few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; its name, with the unit at its end, is its key in the JSON result."""

    name: str
    value: float
    what: str
    """For people: what was measured, without the unit."""
    unit: str


def latencies(prefix: str, what: str, times_ms: Sequence[float]) -> list[Figure]:
    """Sum up at least one time in milliseconds as p50, p95 and p99."""
    quantiles = {50: "p50", 95: "p95", 99: "p99"}
    values = np.percentile(np.asarray(times_ms), list(quantiles))
    return [
        Figure(f"{prefix}_{name}_ms", float(value), f"{what}, {name}", "ms")
        for name, value in zip(quantiles.values(), values, strict=True)
    ]

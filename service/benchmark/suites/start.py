"""From nothing to ready: the time from the start of `askmd serve` until `/readyz` says that it answers."""

from __future__ import annotations

import statistics

from service.benchmark.bench import Bench
from service.benchmark.figures import Figure
from service.benchmark.server import serving


def measure(bench: Bench) -> list[Figure]:
    """Start a service several times; the median."""
    times = []
    rounds = bench.size(3, 1)
    for done in range(rounds):
        bench.report("starts", done, rounds)
        with serving(bench.settings) as server:
            times.append(server.started_seconds)
    bench.report("starts", rounds, rounds)
    return [Figure("ready_seconds", statistics.median(times), "start of a built index to ready, median", "s")]

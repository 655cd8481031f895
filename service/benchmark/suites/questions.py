"""Questions over the network's loopback, everything included: one at a time, and 32 in parallel; then memory."""

from __future__ import annotations

from service.benchmark.bench import Bench
from service.benchmark.errors import QuestionsLost
from service.benchmark.figures import Figure, latencies
from service.benchmark.load import Load, ask_all
from service.benchmark.server import memory_bytes, processor_seconds, serving, settle

PARALLEL = 32
MEGABYTE = 1_000_000


def measure(bench: Bench) -> list[Figure]:
    """Ask distinct questions of a service that is warm. Raises QuestionsLost."""
    with serving(bench.settings) as server:
        settled = settle(server.url)
        ask_all(server.url, bench.questions.take(32), parallel=4)
        bench.report("questions", 0, 2)
        alone = whole(ask_all(server.url, bench.questions.take(bench.size(400, 32)), parallel=1))
        bench.report("questions", 1, 2)
        used = processor_seconds(server.process_ids)
        together = whole(ask_all(server.url, bench.questions.take(bench.size(2_000, 128)), parallel=PARALLEL))
        used = processor_seconds(server.process_ids) - used
        bench.report("questions", 2, 2)
        resident, private = max(map(memory_bytes, server.process_ids))
    return [
        Figure("workers", len(server.process_ids), "processes that answer", ""),
        *latencies("alone", "one at a time", alone.times_ms),
        Figure("alone_per_second", len(alone.times_ms) / alone.seconds, "one at a time", "questions/s"),
        *latencies("parallel", f"{PARALLEL} in parallel", together.times_ms),
        Figure(
            "parallel_per_second", len(together.times_ms) / together.seconds, f"{PARALLEL} in parallel", "questions/s"
        ),
        Figure("parallel_lost", together.lost + alone.lost, "questions lost", ""),
        Figure("server_cpu_ms", used * 1000 / len(together.times_ms), "processor time of the service a question", "ms"),
        Figure(
            "client_cpu_ms",
            together.client_cpu_seconds * 1000 / len(together.times_ms),
            "processor time of who asks a question",
            "ms",
        ),
        Figure("answer_bytes", together.received_bytes / len(together.times_ms), "size of an answer", "bytes"),
        Figure("resident_mb", resident / MEGABYTE, "resident memory of a worker", "MB"),
        Figure("private_mb", private / MEGABYTE, "of it shared with no other process", "MB"),
        *([] if settled else [Figure("examples_running", 1, "examples ran meanwhile: figures are too high", "")]),
    ]


def whole(load: Load) -> Load:
    """Return the load when every question was answered. Raises QuestionsLost."""
    if load.lost:
        raise QuestionsLost(load.lost, load.lost + len(load.times_ms))
    return load

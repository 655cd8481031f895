"""How fast chunks become vectors: our path, and sentence-transformers' plain float32 `encode`, over the same chunks."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

from index.embedder import open_embedder
from index.inputs import chunk_input
from service.benchmark.bench import Bench
from service.benchmark.errors import LoadFailed
from service.benchmark.figures import Figure
from service.settings import PROJECT

_SEED = 7


def measure(bench: Bench) -> list[Figure]:
    """Encode a sample of the notes' chunks both ways; chunks per second."""
    texts = sample(bench, bench.size(512, 48))
    bench.report("encoding", 0, 2)
    ours = len(texts) / _our_seconds(bench, texts)
    bench.report("encoding", 1, 2)
    plain_texts = texts[: bench.size(256, 24)]
    plain = len(plain_texts) / _plain_seconds(bench.settings.model, plain_texts)
    bench.report("encoding", 2, 2)
    return [
        Figure("ours_per_second", ours, "our path", "chunks/s"),
        Figure("plain_per_second", plain, "sentence-transformers, float32 `encode`", "chunks/s"),
        Figure("ratio", ours / plain, "ours to plain", "×"),
    ]


def sample(bench: Bench, count: int) -> list[str]:
    """Draw chunks of the notes, as they are encoded; small notes give each chunk several times."""
    rows = list(range(bench.index.manifest.chunks))
    drawn = random.Random(_SEED)  # noqa: S311  (not for secrets)
    chosen = drawn.sample(rows, min(count, len(rows)))
    texts = [chunk_input(chunk) for chunk in bench.index.chunks(chosen)]
    return [texts[i % len(texts)] for i in range(count)]


def _our_seconds(bench: Bench, texts: list[str]) -> float:
    embedder = open_embedder(bench.settings.model, bench.settings.models)
    embedder.encode_passages(texts[:8])
    begun = time.perf_counter()
    embedder.encode_passages(texts)
    return time.perf_counter() - begun


def _plain_seconds(model: str, texts: list[str]) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "service.benchmark.plain"],
        cwd=PROJECT,
        input=json.dumps({"model": model, "texts": texts}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LoadFailed(done.stderr)
    return float(done.stdout)

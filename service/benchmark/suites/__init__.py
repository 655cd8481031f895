"""The suites, in the order in which they run; a later one may use the figures of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping

from service.benchmark.bench import Suite
from service.benchmark.suites import build, examples, questions, stages, start, vectors

SUITES: Mapping[str, Suite] = {
    "start": start.measure,
    "questions": questions.measure,
    "stages": stages.measure,
    "build": build.measure,
    "vectors": vectors.measure,
    "examples": examples.measure,
}

"""What every suite works with, and the suites by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from index.store import Index
from service.benchmark.figures import Figure
from service.benchmark.questions import Questions
from service.settings import Settings

Report = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A run of the benchmark. `settings` name a copy: nothing that a suite does reaches the user's own data."""

    settings: Settings
    index: Index
    questions: Questions
    quick: bool
    report: Report
    figures: dict[str, list[Figure]] = field(default_factory=dict)
    """What the suites before this one measured."""

    def size(self, usual: int, quick: int) -> int:
        """Return how many times to measure."""
        return quick if self.quick else usual

    def measured(self, suite: str, name: str) -> float | None:
        """Return a figure of a suite that ran before, or None."""
        return next((figure.value for figure in self.figures.get(suite, ()) if figure.name == name), None)


Suite = Callable[[Bench], Sequence[Figure]]


def run_suites(bench: Bench, suites: Mapping[str, Suite]) -> None:
    """Run suites in turn; their figures are kept in the bench."""
    for done, (name, suite) in enumerate(suites.items()):
        bench.report("suites", done, len(suites))
        bench.figures[name] = list(suite(bench))
    bench.report("suites", len(suites), len(suites))

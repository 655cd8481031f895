"""`askmd bench`: how fast these notes are served on this machine, and where the time goes."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from index.manifest import Manifest
from index.store import open_index
from service.benchmark.bench import Bench, run_suites
from service.benchmark.copied import copied_data
from service.benchmark.figures import Figure
from service.benchmark.questions import Questions
from service.benchmark.suites import SUITES
from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE
from service.commands.terminal import progress_bars, results, write_json
from service.settings import Settings
from service.software import software_version

EXAMPLES = """  askmd bench                       everything, in about two minutes
  askmd bench --quick               the same with fewer repetitions, in about half a minute
  askmd bench --suite questions --suite stages   only what is named
  askmd bench --json > today.json   to compare with another day

The index of the settings is measured as it is (`askmd index` builds it); questions are made from the notes. Nothing is
written to the data folder."""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "bench", "Measure speed and memory on these notes and this machine.", EXAMPLES)
    parser.add_argument(
        "--suite",
        action="append",
        choices=list(SUITES),
        metavar="NAME",
        help=f"measure only this, one of {', '.join(SUITES)}; may be given several times",
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: rougher figures, sooner")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and show. Raises IndexFault when there is no index, BenchmarkError when a measurement failed."""
    wanted = arguments.suite or list(SUITES)
    begun = time.perf_counter()
    with copied_data(settings_of(arguments)) as settings:
        manifest, figures = measure(settings, [name for name in SUITES if name in wanted], quick=arguments.quick)
    seconds = time.perf_counter() - begun
    if arguments.json:
        write_json(report(manifest, figures, seconds, quick=arguments.quick))
    else:
        show(manifest, figures, seconds)
    return DONE


def measure(settings: Settings, names: Sequence[str], *, quick: bool) -> tuple[Manifest, dict[str, list[Figure]]]:
    """Run the suites of these names over the index of the settings."""
    index = open_index(settings.data, model=settings.model)
    try:
        with progress_bars() as progress:
            bench = Bench(settings, index, Questions(index), quick, progress)
            run_suites(bench, {name: SUITES[name] for name in names})
    finally:
        index.close()
    return index.manifest, bench.figures


def report(
    manifest: Manifest, figures: Mapping[str, Sequence[Figure]], seconds: float, *, quick: bool
) -> dict[str, Any]:
    """Return the result for programs."""
    return {
        "askmd": software_version(),
        "machine": machine(),
        "index": {name: getattr(manifest, name) for name in ("version", "model", "pages", "chunks", "passages")},
        "quick": quick,
        "seconds": round(seconds, 1),
        "suites": {name: {each.name: round(each.value, 3) for each in suite} for name, suite in figures.items()},
    }


def machine() -> dict[str, Any]:
    """Tell what was measured on: figures without it mean little."""
    return {
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123  (not a file of ours)
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def show(manifest: Manifest, figures: Mapping[str, Sequence[Figure]], seconds: float) -> None:
    """Show the figures as a table, suite by suite."""
    here = machine()
    table = Table(
        "suite",
        "what",
        "figure",
        "unit",
        title_justify="left",
        title=(
            f"{manifest.chunks:,} chunks of {manifest.pages:,} pages, {manifest.model}; {here['processor']}, "
            f"{here['processors']} processors, load {here['load']}; {seconds:.0f} s"
        ),
    )
    for name, suite in figures.items():
        for place, figure in enumerate(suite):
            table.add_row(
                "" if place else name, figure.what, f"{figure.value:,.{decimals(figure.value)}f}", figure.unit
            )
        table.add_section()
    results().print(table)


def decimals(value: float) -> int:
    """Return how many decimals a figure is shown with."""
    return 0 if value == int(value) or abs(value) >= 1_000 else 2 if abs(value) < 10 else 1

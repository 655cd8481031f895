"""`askmd index`: bring the index up to date with the notes, then run the examples that no result is known of."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from dataclasses import asdict

from index.build import BuildReport, build_index
from index.embedder import open_embedder
from index.store import Index, open_index
from service.commands.arguments import (
    Subparsers,
    add_notes_argument,
    add_parser,
    add_warnings_argument,
    settings_of,
)
from service.commands.exits import DONE
from service.commands.read_warnings import say_warnings
from service.commands.terminal import progress_bars, write_json
from service.open_runner import open_runner
from service.page_examples import PageExamples
from service.settings import Settings
from service.standings import Standings
from service.upkeep import prove_missing

EXAMPLES = """  askmd index                   the notes of the settings
  askmd index --notes ~/notes   another folder
  askmd index --warnings        every warning about the notes, not a few of each kind"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "index", "Build the index, or bring it up to date with the notes.", EXAMPLES)
    add_notes_argument(parser)
    add_warnings_argument(parser)
    parser.add_argument("--no-run", action="store_true", help="leave the examples for `askmd verify` or the server")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the index and tell what was done."""
    settings = settings_of(arguments)
    report = build(settings, every_warning=arguments.warnings)
    if not arguments.no_run:
        asyncio.run(run_examples(settings))
    if arguments.json:
        write_json({**asdict(report), "warnings": [asdict(warning) for warning in report.warnings]})
    else:
        print(summary(report))
    return DONE


def build(settings: Settings, *, every_warning: bool = False) -> BuildReport:
    """Build with progress on a terminal, and tell what was odd about the notes. Raises CorpusError or IndexFault."""
    with progress_bars() as progress:
        progress("loading the model", 0, 1)
        embedder = open_embedder(settings.model, settings.models)
        progress("loading the model", 1, 1)
        report = build_index(
            settings.notes, settings.data, embedder, progress=progress, max_page_bytes=settings.max_page_bytes
        )
    say_warnings(report.warnings, every=every_warning)
    return report


async def run_examples(settings: Settings, *, at_most_seconds: float | None = None) -> None:
    """Run the examples of the index that no result is known of, so that a question need not wait for one.

    Results are kept as they come; those that the time did not suffice for are left.
    """
    index = open_index(settings.data)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_seconds):
                await _prove_missing(settings, index)
    finally:
        index.close()


async def _prove_missing(settings: Settings, index: Index) -> None:
    async with open_runner(settings, settings.ledger_file) as (runner, ledger):
        runner.use_pages(PageExamples(index))
        standings = Standings(index, runner, ledger.standings)
        with progress_bars() as progress:
            await prove_missing(
                standings, settings.run_concurrency, lambda done, total: progress("running examples", done, total)
            )


def summary(report: BuildReport) -> str:
    """Tell in one line what a build did."""
    holds = f"{report.pages} pages, {report.chunks} chunks, {report.examples} examples"
    if not report.changed:
        return f"The index is up to date: {holds}."
    work = f"{report.encoded} vectors made, {report.reused} kept, {report.seconds:.1f} s"
    return f"Index {report.version}: {holds} ({work})."

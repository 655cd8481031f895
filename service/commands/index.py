"""`askmd index`: bring the index up to date with the notes, then run the examples that no result is known of."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from dataclasses import asdict

from index.build import BuildReport, build_index
from index.embedder import open_embedder
from index.store import open_index
from service.commands.arguments import Subparsers, add_notes_argument, add_parser, settings_of
from service.commands.exits import DONE
from service.commands.terminal import progress_bars, say, write_json
from service.commands.verify import prove
from service.page_examples import by_page
from service.settings import Settings

EXAMPLES = """  askmd index                   the notes of the settings
  askmd index --notes ~/notes   another folder"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "index", "Build the index, or bring it up to date with the notes.", EXAMPLES)
    add_notes_argument(parser)
    parser.add_argument("--no-run", action="store_true", help="leave the examples for `askmd verify` or the server")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the index and tell what was done."""
    settings = settings_of(arguments)
    report = build(settings)
    if not arguments.no_run:
        asyncio.run(run_examples(settings))
    if arguments.json:
        write_json({**asdict(report), "warnings": [asdict(warning) for warning in report.warnings]})
    else:
        print(summary(report))
    return DONE


def build(settings: Settings) -> BuildReport:
    """Build with progress on a terminal, and each warning on a line of its own. Raises CorpusError or IndexFault."""
    with progress_bars() as progress:
        progress("loading the model", 0, 1)
        embedder = open_embedder(settings.model, settings.models)
        progress("loading the model", 1, 1)
        report = build_index(
            settings.notes, settings.data, embedder, progress=progress, max_page_bytes=settings.max_page_bytes
        )
    for warning in report.warnings:
        say(str(warning))
    return report


async def run_examples(settings: Settings, *, at_most_seconds: float | None = None) -> None:
    """Run the examples of the index that no result is known of, so that a question need not wait for one.

    Results are kept as they come; those that the time did not suffice for are left.
    """
    index = open_index(settings.data)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_seconds):
                await prove(settings, by_page(index.examples()))
    finally:
        index.close()


def summary(report: BuildReport) -> str:
    """Tell in one line what a build did."""
    holds = f"{report.pages} pages, {report.chunks} chunks, {report.examples} examples"
    if not report.changed:
        return f"The index is up to date: {holds}."
    work = f"{report.encoded} vectors made, {report.reused} kept, {report.seconds:.1f} s"
    return f"Index {report.version}: {holds} ({work})."

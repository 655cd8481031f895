"""`askmd verify`: run the examples of the notes, as a test of the notes; it reads the notes and needs no index."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus.document import Example
from corpus.reading import read_document
from corpus.sources import read_corpus
from service.commands.arguments import (
    Subparsers,
    add_notes_argument,
    add_parser,
    add_warnings_argument,
    settings_of,
)
from service.commands.exits import DONE, FAILED, NO_SANDBOX
from service.commands.read_warnings import say_warnings
from service.commands.terminal import messages, progress_bars, results, write_json
from service.commands.update_outputs import Updates, page_diff, propose_updates, show_updates, write_updates
from service.commands.verify_report import report
from service.errors import FieldError, FileNotWritable, InvalidRequest
from service.example_results import example_body
from service.junit import junit_xml
from service.open_runner import open_runner
from service.page_examples import by_page
from service.runs import ProvenExample
from service.settings import Settings
from service.verdicts import FAILING, FAILING_STRICT, verdict_of

EXAMPLES = """  askmd verify                  every example that has not run yet, then the report on all
  askmd verify --again          every example anew
  askmd verify guide/tasks.md   the examples of one page
  askmd verify --strict --junit report.xml   as a step of CI
  askmd verify --update-outputs --dry-run    what the notes would have to say"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(
        subparsers, "verify", "Run the notes' examples and report which do what the notes say.", EXAMPLES
    )
    add_notes_argument(parser)
    add_warnings_argument(parser)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these pages, as guide/tasks.md")
    parser.add_argument(
        "--strict", action="store_true", help="fail for an example that can't run and is not marked `no-run` or `skip`"
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML too, for CI")
    parser.add_argument(
        "--update-outputs",
        action="store_true",
        help="write what the examples print into the notes, where these say else",
    )
    parser.add_argument("--yes", action="store_true", help="with --update-outputs: write without asking")
    parser.add_argument("--dry-run", action="store_true", help="with --update-outputs: show the changes, write nothing")
    parser.add_argument("--again", action="store_true", help="run every example, also those whose result is kept")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify and report; fails when an example does not do what the notes say."""
    settings = settings_of(arguments)
    examples = wanted_examples(settings, arguments.pages, every_warning=arguments.warnings)
    proven = asyncio.run(prove(settings, examples, again=arguments.again))
    updates = Updates(())
    if arguments.update_outputs:
        updates = update(settings, arguments, proven)
        if updates.written:
            proven = asyncio.run(prove(settings, wanted_examples(settings, arguments.pages)))
    counts = Counter(map(verdict_of, proven))
    if arguments.junit:
        write_junit(arguments.junit, junit_xml(proven, strict=arguments.strict))
    if arguments.json:
        bodies = [{**example_body(each).model_dump(), "verdict": verdict_of(each)} for each in proven]
        write_json({"counts": counts, "examples": bodies, **updates_json(updates, settings)})
    else:
        report(results(), proven, counts)
    if any(each.run and each.run.status == "sandbox_unavailable" for each in proven):
        return NO_SANDBOX
    return FAILED if counts.keys() & (FAILING_STRICT if arguments.strict else FAILING) else DONE


def wanted_examples(
    settings: Settings, pages: Sequence[str], *, every_warning: bool = False
) -> dict[str, list[Example]]:
    """Read the examples of the notes, or of some pages. Raises CorpusError or InvalidRequest."""
    examples = read_examples(settings, every_warning=every_warning)
    if unknown := [page for page in pages if not (settings.notes / page).is_file()]:
        raise InvalidRequest([FieldError("PAGE", f"{unknown[0]!r} is not in the notes; name it as guide/tasks.md")])
    return {path: found for path, found in examples.items() if not pages or path in pages}


def update(settings: Settings, arguments: argparse.Namespace, proven: Sequence[ProvenExample]) -> Updates:
    """Show what the notes should say, and write it where that is agreed to. Raises FileNotWritable."""
    updates = asyncio.run(propose_updates(settings, proven))
    show_updates(messages() if arguments.json else results(), updates, settings)
    return write_updates(updates, arguments)


def updates_json(updates: Updates, settings: Settings) -> dict[str, object]:
    """Return what is told of updates in JSON; nothing when there are none."""
    if not updates.pages:
        return {}
    left = [
        {"example": str(each.proven.example), "reason": each.reason} for page in updates.pages for each in page.left
    ]
    diffs = [page_diff(page, settings) for page in updates.changed]
    return {"updates": {"written": updates.written, "diffs": diffs, "left": left}}


def write_junit(file: Path, report: str) -> None:
    """Write the report for CI. Raises FileNotWritable."""
    try:
        file.write_text(report, encoding="utf-8")
    except OSError as error:
        raise FileNotWritable(file, error.strerror or str(error)) from None


def read_examples(settings: Settings, *, every_warning: bool = False) -> dict[str, list[Example]]:
    """Read the examples of the notes by page; warnings go to standard error. Raises CorpusError."""
    corpus = read_corpus(settings.notes, max_page_bytes=settings.max_page_bytes)
    documents = [read_document(page) for page in corpus.pages]
    of_pages = (warning for document in documents for warning in document.warnings)
    say_warnings((*corpus.warnings, *of_pages), every=every_warning)
    return by_page(example for document in documents for example in document.examples)


async def prove(
    settings: Settings, examples: Mapping[str, Sequence[Example]], *, again: bool = False
) -> tuple[ProvenExample, ...]:
    """Run the examples that no result is known of, with progress on a terminal."""
    async with open_runner(settings, settings.ledger_file) as (runner, _):
        with progress_bars() as progress:
            return await runner.verify(
                examples,
                lambda done, total, _: progress("running examples", done, total),
                again=again,
                concurrency=settings.run_concurrency,
            )

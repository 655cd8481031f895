"""`askmd verify`: run the examples of the notes, as a test of the notes; it reads the notes and needs no index."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from corpus.document import Example
from corpus.reading import read_document
from corpus.sources import read_corpus
from service.commands.arguments import Subparsers, add_notes_argument, add_parser, settings_of
from service.commands.exits import DONE, FAILED, NO_SANDBOX
from service.commands.terminal import progress_bars, results, say, visible, write_json
from service.example_results import example_body
from service.examples import ExampleRunner
from service.ledger import Ledger
from service.page_examples import by_page
from service.runs import ProvenExample
from service.sandbox import Sandbox
from service.settings import Settings

EXAMPLES = """  askmd verify                  every example that has not run yet, then the report on all
  askmd verify --again          every example anew
  askmd verify guide/tasks.md   the examples of one page"""

VERDICTS = ("ok", "mismatch", "failed", "not runnable")
MARKS = {"ok": ("✓", "green"), "not runnable": ("-", "yellow")}
FAILURE_LINES = 6
"""Lines of a failed example's errors that are shown."""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(
        subparsers, "verify", "Run the notes' examples and report which do what the notes say.", EXAMPLES
    )
    add_notes_argument(parser)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these pages, as guide/tasks.md")
    parser.add_argument("--again", action="store_true", help="run every example, also those whose result is kept")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify and report; fails when an example does not do what the notes say."""
    settings = settings_of(arguments)
    examples = {
        path: found for path, found in read_examples(settings).items() if not arguments.pages or path in arguments.pages
    }
    proven = asyncio.run(prove(settings, examples, again=arguments.again))
    counts = Counter(map(verdict, proven))
    if arguments.json:
        bodies = [{"verdict": verdict(each), **example_body(each).model_dump()} for each in proven]
        write_json({"counts": counts, "examples": bodies})
    else:
        report(results(), proven, counts)
    if any(each.run and each.run.status == "sandbox_unavailable" for each in proven):
        return NO_SANDBOX
    return FAILED if counts.keys() & {"failed", "mismatch"} else DONE


def read_examples(settings: Settings) -> dict[str, list[Example]]:
    """Read the examples of the notes by page; warnings go to standard error. Raises CorpusError."""
    corpus = read_corpus(settings.notes, max_page_bytes=settings.max_page_bytes)
    documents = [read_document(page) for page in corpus.pages]
    for warning in (*corpus.warnings, *(warning for document in documents for warning in document.warnings)):
        say(str(warning))
    return by_page(example for document in documents for example in document.examples)


async def prove(
    settings: Settings, examples: Mapping[str, Sequence[Example]], *, again: bool = False
) -> tuple[ProvenExample, ...]:
    """Run the examples that no result is known of, with progress on a terminal."""
    sandbox = await Sandbox.open(settings.run_limits, concurrency=settings.run_concurrency)
    ledger = Ledger.open(settings.ledger_file)
    try:
        runner = ExampleRunner(sandbox, ledger, settings.run_limits)
        with progress_bars() as progress:
            return await runner.verify(
                examples,
                lambda done, total, _: progress("running examples", done, total),
                again=again,
                concurrency=settings.run_concurrency,
            )
    finally:
        ledger.close()
        await sandbox.close()


def verdict(proven: ProvenExample) -> str:
    """Say in a word how an example ended: `ok`, `not runnable`, `mismatch` or `failed`."""
    if proven.as_expected:
        return "ok"
    if proven.run is None or proven.run.status == "not_runnable":
        return "not runnable"
    return "mismatch" if proven.run.status == "ok" else "failed"


def report(console: Console, proven: Sequence[ProvenExample], counts: Mapping[str, int]) -> None:
    """Write one line an example, grouped by page, and a summary."""
    page = ""
    for each in proven:
        if each.example.path != page:
            page = each.example.path
            console.print(Text(visible(page), style="bold"))
        for line in _lines(each):
            console.print(line, soft_wrap=True)
    stated = ", ".join(f"{counts[word]} {word}" for word in VERDICTS if counts.get(word))
    console.print(Text(f"{len(proven)} examples: {stated or 'none'}"), soft_wrap=True)


def _lines(proven: ProvenExample) -> Iterator[Text]:
    word = verdict(proven)
    mark, style = MARKS.get(word, ("✗", "red"))
    lines = f"{proven.example.start_line}-{proven.example.end_line}"
    yield Text.assemble(f"  {lines:>9}  ", (f"{mark} {word}", style), (visible(_explanation(proven)), "dim"))
    if word in {"failed", "mismatch"}:
        yield from (Text(f"             {line}", style="dim") for line in _evidence(proven))


def _explanation(proven: ProvenExample) -> str:
    run = proven.run
    if run is None:
        return ""
    status = f" ({run.status})" if run.status not in {"ok", "not_runnable"} else ""
    return f"{status}{f': {run.reason}' if run.reason else ''}"


def _evidence(proven: ProvenExample) -> list[str]:
    """Show the end of what a failed example wrote, or what it printed in place of what the notes say."""
    if proven.run is None:
        return []
    if proven.run.status != "ok":
        return visible(proven.run.stderr).strip().split("\n")[-FAILURE_LINES:]
    expected = proven.example.expected.text if proven.example.expected else ""
    pairs = (("the notes say:", expected), ("it printed:", proven.run.stdout))
    return [f"{label} {line}" for label, text in pairs for line in visible(text).strip().split("\n")[:FAILURE_LINES]]

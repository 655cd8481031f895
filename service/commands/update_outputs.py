"""`askmd verify --update-outputs`: show what the notes would have to say, ask, and write it."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from corpus.markdown import split_lines
from service.commands.terminal import progress_bars, say, visible
from service.page_examples import by_page
from service.runs import ProvenExample
from service.sandbox import Sandbox
from service.settings import Settings
from service.updating.pages import UpdatedPage, read_page_text, updated, write_page
from service.updating.proposals import Proposer
from service.verdicts import verdict_of

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True)
class Updates:
    """What `--update-outputs` did."""

    pages: tuple[UpdatedPage, ...]
    written: bool = False

    @property
    def changed(self) -> tuple[UpdatedPage, ...]:
        """The pages that get another text."""
        return tuple(page for page in self.pages if page.written)


async def propose_updates(settings: Settings, proven: Sequence[ProvenExample]) -> Updates:
    """Work out new texts for the pages whose examples print something other than they state. Raises FileNotWritable."""
    wrong = [each for each in proven if verdict_of(each) == "mismatch"]
    if not wrong:
        return Updates(())
    proofs = {each.example.id: each for each in wrong}
    sandbox = await Sandbox.open(settings.run_limits, concurrency=settings.run_concurrency)
    try:
        proposer, pages, done = Proposer(sandbox, settings.run_limits), [], 0
        with progress_bars() as progress:
            for path, examples in by_page(each.example for each in wrong).items():
                page = read_page_text(settings.notes / path)
                lines = [line.rstrip("\r\n") for line in split_lines(page.text)]
                proposals = []
                for example in examples:
                    proposals.append(await proposer.propose(proofs[example.id], lines))
                    done += 1
                    progress("running wrong examples again", done, len(wrong))
                pages.append(updated(page, path, proposals))
    finally:
        await sandbox.close()
    return Updates(tuple(pages))


def show_updates(console: Console, updates: Updates, settings: Settings) -> None:
    """Write the changes as a diff, and what is left with the reason."""
    for page in updates.changed:
        for line in page_diff(page, settings).splitlines():
            console.print(Text(visible(line), style=_STYLES.get(line[:1], "")), soft_wrap=True)
    for page in updates.pages:
        for proposal in page.left:
            console.print(Text(visible(f"{proposal.proven.example}: left as it is: {proposal.reason}")), soft_wrap=True)


def page_diff(page: UpdatedPage, settings: Settings) -> str:
    """Return the change of a page as a unified diff."""
    name = page.page.file.relative_to(settings.notes).as_posix()
    before, after = ([line.rstrip("\r\n") for line in split_lines(text)] for text in (page.page.text, page.text))
    return "\n".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))


def write_updates(updates: Updates, arguments: argparse.Namespace) -> Updates:
    """Write the changes where that was asked for, or is agreed to now. Raises FileNotWritable."""
    if not updates.changed or arguments.dry_run or not (arguments.yes or _agreed(updates)):
        return updates
    for page in updates.changed:
        write_page(page)
    return Updates(updates.pages, written=True)


def _agreed(updates: Updates) -> bool:
    outputs = sum(len(page.written) for page in updates.changed)
    if not sys.stdin.isatty():
        say(f"Nothing was written. To write {outputs} outputs, add --yes.")
        return False
    print(f"Write {outputs} outputs into {len(updates.changed)} pages? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")

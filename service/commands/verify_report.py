"""The report of `askmd verify` for people: one line an example, with the evidence where it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from service.commands.terminal import visible
from service.runs import ProvenExample
from service.verdicts import FAILING, Verdict, verdict_of

VERDICTS: tuple[Verdict, ...] = ("ok", "mismatch", "failed", "not runnable", "undeclared")
MARKS: Mapping[Verdict, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "not runnable": ("-", "yellow"),
    "undeclared": ("-", "yellow"),
}
WORDS: Mapping[Verdict, str] = {"undeclared": "not runnable"}
FAILURE_LINES = 6
"""Lines of a failed example's errors that are shown."""


def report(console: Console, proven: Sequence[ProvenExample], counts: Mapping[Verdict, int]) -> None:
    """Write one line an example, grouped by page, and a summary."""
    page = ""
    for each in proven:
        if each.example.path != page:
            page = each.example.path
            console.print(Text(visible(page), style="bold"))
        for line in _lines(each):
            console.print(line, soft_wrap=True)
    console.print(Text(f"{len(proven)} examples: {_summary(counts)}"), soft_wrap=True)


def _summary(counts: Mapping[Verdict, int]) -> str:
    together = dict(counts)
    together["not runnable"] = counts.get("not runnable", 0) + together.pop("undeclared", 0)
    stated = ", ".join(f"{together[word]} {word}" for word in VERDICTS if together.get(word))
    undeclared = counts.get("undeclared", 0)
    return f"{stated} ({undeclared} not marked so)" if undeclared else stated or "none"


def _lines(proven: ProvenExample) -> Iterator[Text]:
    verdict = verdict_of(proven)
    mark, style = MARKS.get(verdict, ("✗", "red"))
    lines = f"{proven.example.start_line}-{proven.example.end_line}"
    head = (f"{mark} {WORDS.get(verdict, verdict)}", style)
    yield Text.assemble(f"  {lines:>9}  ", head, (visible(_explanation(proven)), "dim"))
    if verdict in FAILING:
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

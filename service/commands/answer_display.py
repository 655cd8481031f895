"""An answer on a terminal: the answer in a frame, then excerpts, examples with their output, sources and follow-ups."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.text import Text

from service.commands.terminal import visible
from service.schemas import AnswerBody, ExampleBody, ExcerptBody, RunBody

STATUS_STYLES = {"ok": "green", "not_runnable": "yellow", "sandbox_unavailable": "yellow"}
LINES_SHOWN = 30
"""Lines of an output that are shown; the whole is in the JSON."""
CODE_THEME = "ansi_dark"
"""The terminal's own colours."""


def show_answer(console: Console, body: AnswerBody) -> None:
    """Write an answer to a terminal."""
    for part in _parts(body):
        console.print(part)


def _parts(body: AnswerBody) -> Iterator[RenderableType]:
    yield _direct(body)
    if body.answered:
        yield Rule("Excerpts", style="dim")
        yield from (part for excerpt in body.excerpts for part in _excerpt(excerpt))
    if body.examples:
        yield Rule("Examples", style="dim")
        for example in body.examples:
            yield from _example(example, is_shown=any(_holds(excerpt, example) for excerpt in body.excerpts))
    if body.sources:
        yield Rule("Sources" if body.answered else "Nearest pages", style="dim")
        yield from (Text(visible(f"  {source.title}  {source.url}")) for source in body.sources)
    if body.follow_ups:
        yield Rule("Ask next", style="dim")
        yield from (Text(visible(f"  {each.question}")) for each in body.follow_ups)


def _direct(body: AnswerBody) -> RenderableType:
    if body.answer is None:
        return Panel(Text(visible(body.reason)), title="Not answered", border_style="yellow")
    marks = ", ".join(dict.fromkeys(f"[{each.excerpt}] {each.page}" for each in body.answer.citations))
    return Panel(
        _markdown(body.answer.text),
        subtitle=Text(f"{visible(marks)}  confidence {body.confidence:.2f}", style="dim"),
        border_style="green",
    )


def _excerpt(excerpt: ExcerptBody) -> Iterator[RenderableType]:
    name = " › ".join(excerpt.headings) or excerpt.title
    place = f"{excerpt.page}:{excerpt.start_line}-{excerpt.end_line}"
    yield Text.assemble((f"[{excerpt.rank}] {visible(name)}", "bold"), (f"  {visible(place)}", "dim"))
    yield Padding(_markdown(excerpt.text), (0, 2, 1, 4))


def _example(example: ExampleBody, *, is_shown: bool) -> Iterator[RenderableType]:
    """Show an example; its code only where no excerpt shows it already."""
    yield Text(visible(f"{example.page}:{example.start_line}-{example.end_line}"), style="dim")
    if not is_shown:
        code = visible(example.code).rstrip("\n")
        language = example.language or "text"
        highlighted = Syntax(code, language, theme=CODE_THEME, background_color="default", word_wrap=True)
        yield Padding(highlighted, (0, 2, 0, 4))
    if example.run is None:
        return
    yield Padding(_status(example.run), (0, 2, 0, 4))
    for stream, style in ((example.run.stdout, ""), (example.run.stderr, "red")):
        if stream:
            yield Padding(Text(_first_lines(stream).rstrip("\n"), style=style), (0, 2, 0, 6))
    yield Text()


def _status(run: RunBody) -> Text:
    facts = [
        f"{run.duration_ms:.0f} ms" if run.duration_ms is not None else "",
        f"{run.virtual_seconds:g} s of virtual time" if run.virtual_seconds else "",
        {True: "prints what the notes say", False: "does not print what the notes say", None: ""}[run.matches_expected],
        run.reason,
    ]
    stated = "; ".join(fact for fact in facts if fact)
    style = STATUS_STYLES.get(run.status, "red")
    return Text.assemble((run.status, style), (f"  {visible(stated)}", "dim"))


def _holds(excerpt: ExcerptBody, example: ExampleBody) -> bool:
    return excerpt.page == example.page and excerpt.start_line <= example.start_line <= excerpt.end_line


def _markdown(text: str) -> Markdown:
    return Markdown(visible(text), code_theme=CODE_THEME, hyperlinks=False)


def _first_lines(text: str) -> str:
    lines = visible(text).split("\n")
    return "\n".join(lines if len(lines) <= LINES_SHOWN else [*lines[:LINES_SHOWN], "…"])

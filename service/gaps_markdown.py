"""The list of gaps as one Markdown document; what was asked and reported is data, quoted and escaped."""

from __future__ import annotations

from collections.abc import Iterator

from service.markdown_answer import inline, literal, markdown_url, quoted
from service.schemas import ExampleBody, GapBody, GapsBody, ReportBody

EVIDENCE_CHARS = 200


def gaps_markdown(body: GapsBody) -> str:
    """Write the list."""
    blocks = ["# Gaps in the notes", _summary(body)]
    if body.questions:
        blocks += ["## Asked and not answered", *(block for gap in body.questions for block in _gap(gap))]
    if body.examples:
        blocks += ["## Examples that fail", "\n".join(_example(each) for each in body.examples)]
    if body.reports:
        blocks += ["## Reported problems", *(block for report in body.reports for block in _report(report))]
    return "\n\n".join(blocks) + "\n"


def _summary(body: GapsBody) -> str:
    asked = "No questions are kept (`ASKMD_LOG_QUESTIONS=none`)" if body.logged == "none" else _unanswered(body)
    examples = counted(body.examples_failing, "example fails", "examples fail")
    return f"{asked}; {examples}; {counted(len(body.reports), 'problem was', 'problems were')} reported."


def _unanswered(body: GapsBody) -> str:
    questions = sum(len(gap.asked) for gap in body.questions)
    groups = f", in {counted(len(body.questions), 'group', 'groups')}" if questions > 1 else ""
    return f"{counted(questions, 'question was', 'questions were')} not answered{groups}"


def counted(number: int, one: str, more: str) -> str:
    """Write a number with the word that fits it."""
    return f"{number or 'no'} {one if number == 1 else more}"


def _gap(gap: GapBody) -> Iterator[str]:
    yield f"### {inline(gap.question)}"
    yield f"Asked {counted(gap.times, 'time', 'times')}, last {gap.last_at}."
    lines = [_asked(each.question, each.times, each.goal) for each in gap.asked]
    if len(lines) > 1 or gap.asked[0].goal:
        yield "\n".join(lines)
    if gap.nearest_pages:
        yield "Nearest: " + ", ".join(f"[{inline(page)}]({markdown_url(page)})" for page in gap.nearest_pages)


def _asked(question: str, times: int, goal: str) -> str:
    return f"- {literal(inline(question))} ({times}×{f'; to reach: {inline(goal)}' if goal else ''})"


def _example(example: ExampleBody) -> str:
    place = f"[{inline(example.page)}:{example.start_line}-{example.end_line}]({markdown_url(example.url)})"
    run = example.run
    if run is None or (run.matches_expected is False and run.status == "ok"):
        return f"- {place}: does not print what the notes say"
    why = run.error or run.reason
    return f"- {place}: {run.status}{f': {inline(why[:EVIDENCE_CHARS])}' if why else ''}"


def _report(report: ReportBody) -> Iterator[str]:
    about = f"About {inline(report.page)}" if report.page else "About no page"
    goal = f"; to reach: {inline(report.goal)}" if report.goal else ""
    yield f"{about}, {report.reported_at}{goal}:"
    yield quoted(report.content)

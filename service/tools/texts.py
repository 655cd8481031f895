"""The results of the tools as Markdown, for the model that reads them; whatever comes from the notes stays quoted."""

from __future__ import annotations

from collections.abc import Iterator

from service.markdown_answer import example_blocks, fenced, inline, markdown_answer, quoted
from service.schemas import AnswerBody, ExampleBody, ReportedBody
from service.tools.results import PagePartBody, SectionBody, SectionsBody


def sections_text(body: SectionsBody) -> str:
    """Write what a search found."""
    if not body.sections:
        return "Nothing found. Use other words, or ask a whole question with askQuestion."
    return "\n\n".join(block for section in body.sections for block in _section(section))


def page_text(body: PagePartBody) -> str:
    """Write a page; the fence is longer than any in it, so that all of it reads as data."""
    lines = f"lines {body.start_line}-{body.end_line} of {body.total_lines}"
    blocks = [f"{inline(body.title)}, {inline(body.page)}, {lines}:", fenced(body.text, "markdown")]
    if body.continue_at is not None:
        blocks.append(f"The rest: getPage with the same url and startLine {body.continue_at}.")
    return "\n\n".join(blocks)


def answer_text(body: AnswerBody) -> str:
    """Write an answer, with the ids of its examples."""
    ids = [f"- {inline(each.page)}:{each.start_line}-{each.end_line}: `{each.id}`" for each in body.examples]
    runs = ["Run an example again with runExample and its id:\n\n" + "\n".join(ids)] if ids else []
    return "\n\n".join([markdown_answer(body).rstrip("\n"), *runs])


def example_text(body: ExampleBody) -> str:
    """Write an example with its run."""
    return "\n\n".join(example_blocks(body))


def reported_text(body: ReportedBody) -> str:
    """Say that a report was kept."""
    return f"Kept for those who write the notes, about {inline(body.page) or 'no page'}. Nothing else is needed."


def _section(section: SectionBody) -> Iterator[str]:
    name = " › ".join(inline(heading) for heading in section.headings) or inline(section.title)
    yield f"### {name}"
    yield f"{inline(section.page)}:{section.start_line}-{section.end_line}, getPage url: `{section.url}`"
    yield quoted(section.text)

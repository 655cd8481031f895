"""What each tool does: from its arguments to a result, as data and as Markdown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from service.asking import answer_question, read_question, search_excerpts
from service.budget import fit
from service.errors import FieldError, InvalidRequest, PageNotFound
from service.example_results import find_example, run_example
from service.markdown_answer import markdown_answer
from service.page_address import read_page_address, resolve_page
from service.page_parts import page_part
from service.page_paths import address_of
from service.parameters import AskOptions, SearchOptions
from service.questions import is_placeholder
from service.reporting import keep_report
from service.schemas import AnswerBody, ExcerptBody, ReportedBody
from service.state import RequestScope
from service.tools.arguments import (
    ExampleArguments,
    FeedbackArguments,
    PageArguments,
    QuestionArguments,
    SearchArguments,
)
from service.tools.results import PagePartBody, SectionBody, SectionsBody
from service.tools.texts import answer_text, example_text, page_text, reported_text, sections_text

SEARCHED = 20
SECTIONS = 5
SECTION_CHARS = 6_000
"""Characters of all sections of a search together; the first is always given."""
EXCERPTS = 3
ANSWER_CHARS = 5_000
"""Agents often read no more of one result."""
PAGE_CHARS = 15_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A tool's result: for programs, and for the model that reads it."""

    body: BaseModel
    text: str


async def search_documentation(scope: RequestScope, arguments: SearchArguments) -> Reply:
    """Find the best section of each of the best pages."""
    options = SearchOptions(k=SEARCHED)
    question = read_question(arguments.query, "", options, scope.generation, scope.settings)
    found = await search_excerpts(scope, question)
    body = SectionsBody(query=question.text, sections=best_sections(found.excerpts))
    return Reply(body, sections_text(body))


def best_sections(excerpts: Sequence[ExcerptBody]) -> list[SectionBody]:
    """Keep the best excerpt of each page, as many as fit into a small answer."""
    best: dict[str, ExcerptBody] = {}
    for excerpt in excerpts:
        best.setdefault(excerpt.page, excerpt)
    sections: list[SectionBody] = []
    size = 0
    for excerpt in list(best.values())[:SECTIONS]:
        size += len(excerpt.text)
        if sections and size > SECTION_CHARS:
            break
        sections.append(SectionBody.model_validate(excerpt))
    return sections


async def get_page(scope: RequestScope, arguments: PageArguments) -> Reply:
    """Read a page or one of its sections."""
    path, anchor = resolve_page(scope.generation.paths, arguments.url)
    page = await asyncio.to_thread(scope.generation.index.page, path) if path else None
    if page is None:
        asked = read_page_address(arguments.url)[0][:200]
        raise PageNotFound(asked, [address_of(each.path) for each in scope.generation.paths.nearest(asked)])
    start = arguments.startLine
    part = await asyncio.to_thread(page_part, page, anchor=anchor, start_line=start, max_chars=PAGE_CHARS)
    body = PagePartBody(
        page=page.path,
        title=page.title,
        url=address_of(page.path),
        start_line=part.start_line,
        end_line=part.end_line,
        total_lines=part.total_lines,
        text=part.text,
        continue_at=part.continue_at,
    )
    return Reply(body, page_text(body))


async def ask_question(scope: RequestScope, arguments: QuestionArguments) -> Reply:
    """Answer a question in about one screen."""
    options = AskOptions(k=EXCERPTS, goal=arguments.goal)
    question = read_question(arguments.question, "", options, scope.generation, scope.settings)
    if is_placeholder(question.text):
        raise InvalidRequest([FieldError("question", "is empty; ask one specific question in natural language")])
    body = small(await answer_question(scope, question, options))
    return Reply(body, answer_text(body))


def small(body: AnswerBody) -> AnswerBody:
    """Keep of an answer what fits into one screen; what is left out can be searched for."""
    fitting = fit(body, ANSWER_CHARS, None, lambda part: len(markdown_answer(part)), lambda skip: "")
    return fitting.model_copy(update={"continuation": None, "sources": body.sources, "follow_ups": body.follow_ups})


async def run_an_example(scope: RequestScope, arguments: ExampleArguments) -> Reply:
    """Run an example of the notes anew."""
    body = await run_example(scope.application, await find_example(scope, arguments.id), "virtual")
    return Reply(body, example_text(body))


async def send_feedback(scope: RequestScope, arguments: FeedbackArguments) -> Reply:
    """Keep a report for those who write the notes."""
    page = await keep_report(scope, arguments.content, arguments.pageUrl, arguments.goal)
    body = ReportedBody(kept=True, page=page)
    return Reply(body, reported_text(body))

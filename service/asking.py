"""From a request's parameters to a complete answer in wire form: question, answer, and the examples with their runs."""

from __future__ import annotations

import time

from service.answers import Answer, Question
from service.bodies import answer_body, search_body
from service.errors import FieldError, InvalidRequest
from service.example_results import show_examples
from service.generations import Generation
from service.parameters import AskOptions, SearchOptions
from service.questions import clean, is_placeholder
from service.schemas import AnswerBody, SearchBody
from service.settings import Settings
from service.state import RequestScope

HOW_TO_ASK = (
    "Ask one specific, self-contained question in natural language: GET /ask?q=<question>, or ?ask=<question> on the"
    " address of any page that ends in .md. Add goal=<what you want to reach in the end> for better follow-ups."
)


def read_question(text: str, page: str, options: SearchOptions, generation: Generation, settings: Settings) -> Question:
    """Make a question of the parameters. Raises InvalidRequest for a text too long or a page that is not there."""
    errors = [
        FieldError(name, f"has {len(value):,} characters; {settings.max_question_chars:,} are the most")
        for name, value in (("q", text), ("goal", options.goal))
        if len(value) > settings.max_question_chars
    ]
    path = generation.paths.resolve(page) if page else ""
    if path is None:
        nearest = ", ".join(each.path for each in generation.paths.nearest(page[:200], 3))
        errors.append(FieldError("page", "is not in the notes" + (f"; the nearest: {nearest}" if nearest else "")))
    if options.scope != "site" and not page:
        errors.append(FieldError("scope", f"{options.scope} needs a page"))
    if errors:
        raise InvalidRequest(errors)
    limit = options.k or settings.excerpts
    return Question(clean(text), clean(options.goal), path or "", options.scope, limit)


async def answer_question(scope: RequestScope, question: Question, options: AskOptions) -> AnswerBody:
    """Answer a question with its examples run as the options say. Raises Busy when too much is asked at once."""
    started = time.perf_counter()
    application = scope.application
    async with application.questions.enter():
        answer = await scope.generation.answerer.ask(question)
    if not options.skip:  # a later part is no further question
        application.question_log.note(answer, scope.generation.index.manifest.version)
    examples = await show_examples(application, answer.examples, options)
    took_ms = (time.perf_counter() - started) * 1000
    return answer_body(answer, examples, scope.generation.index.manifest, took_ms)


def how_to_ask(scope: RequestScope, question: Question) -> AnswerBody:
    """Answer an empty question, or a template's placeholder, with a sentence that says how to ask."""
    empty = Question("", question.goal, question.page, question.scope, question.limit)
    nothing = Answer(empty, False, 0.0, HOW_TO_ASK, None, (), (), (), ())
    return answer_body(nothing, [], scope.generation.index.manifest, 0.0)


async def search_excerpts(scope: RequestScope, question: Question) -> SearchBody:
    """Find the best excerpts for a question; a placeholder finds nothing. Raises Busy."""
    started = time.perf_counter()
    manifest = scope.generation.index.manifest
    if is_placeholder(question.text):
        return search_body(question.text, (), manifest, 0.0)
    async with scope.application.questions.enter():
        excerpts = await scope.generation.answerer.search(question)
    return search_body(question.text, excerpts, manifest, (time.perf_counter() - started) * 1000)

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
    """Answer a question with its examples run as the options say. Raises Busy when too much is asked at once.

    Who asks the same at the same time gets the same answer, worked out once.
    """

    async def work() -> AnswerBody:
        started = time.perf_counter()
        answer = await find_answer(scope, question, options)
        examples = await show_examples(scope.application, answer.examples, options)
        took_ms = (time.perf_counter() - started) * 1000
        return answer_body(answer, examples, scope.generation.index.manifest, took_ms)

    key = (scope.generation.index.manifest.version, question, options.run, options.clock, bool(options.skip))
    return await scope.application.bodies_in_flight.once(key, work)


async def find_answer(scope: RequestScope, question: Question, options: AskOptions) -> Answer:
    """Answer a question without the results of its examples, once for all who ask the same now. Raises Busy."""
    application, generation = scope.application, scope.generation

    async def work() -> Answer:
        # Who began to wait for this may be gone before it is done.
        async with application.generations.hold(generation), application.questions.enter():
            answer = scope.worked_out.get(question) or await generation.answerer.ask(question)
        if not options.skip:  # a later part is no further question
            application.question_log.note(answer, generation.index.manifest.version)
        return answer

    key = (generation.index.manifest.version, question, bool(options.skip))
    return await application.answers_in_flight.once(key, work)


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

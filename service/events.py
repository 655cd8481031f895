"""An answer as server-sent events: excerpts first, then the answer, then the examples as soon as their runs are known.

The fields of all events together are the JSON answer. What goes wrong after the first event comes as an `error` event
with the problem; what goes wrong before it is an error answer like any other.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence

from fastapi import Request
from fastapi.responses import StreamingResponse

from corpus.document import Example
from service.answers import Question
from service.asking import find_answer, how_to_ask
from service.bodies import answer_body
from service.caching import NEVER_STORED
from service.errors import FieldError, InvalidRequest
from service.example_results import show_examples
from service.negotiation import EVENTS
from service.parameters import AskOptions
from service.problems import problem_response
from service.questions import is_placeholder
from service.schemas import AnswerBody
from service.state import RequestScope

FIELDS: Mapping[str, frozenset[str]] = {
    "excerpts": frozenset({"question", "goal", "excerpts"}),
    "answer": frozenset({"answered", "confidence", "reason", "answer"}),
    "examples": frozenset({"examples"}),
    "done": frozenset({"sources", "follow_ups", "continuation", "index", "took_ms"}),
}
"""Which fields of the answer come with which event, in their order."""


async def stream_answer(
    request: Request, scope: RequestScope, question: Question, options: AskOptions
) -> StreamingResponse:
    """Answer a question as a stream of events. Raises InvalidRequest and Busy."""
    refuse_parts(options)
    examples: Sequence[Example] = ()
    if is_placeholder(question.text):
        body = how_to_ask(scope, question)
    else:
        started = time.perf_counter()
        answer = await find_answer(scope, question, options)
        took_ms = (time.perf_counter() - started) * 1000
        body, examples = answer_body(answer, [], scope.generation.index.manifest, took_ms), answer.examples
    headers = {
        **NEVER_STORED,
        "Vary": "Accept",
        "X-Accel-Buffering": "no",  # a proxy would hold the first events back
        "X-Askmd-Answered": str(body.answered).lower(),
        "X-Robots-Tag": "noindex",
    }
    events = answer_events(request, scope, body, examples, options)
    return StreamingResponse(events, headers=headers, media_type=EVENTS)


def refuse_parts(options: AskOptions) -> None:
    """Raise InvalidRequest when a part of the answer is asked for: a stream always holds all of it."""
    named = [name for name in ("max_chars", "skip") if getattr(options, name) is not None]
    if named:
        raise InvalidRequest([FieldError(name, "bounds JSON and Markdown, not a stream of events") for name in named])


async def answer_events(
    request: Request, scope: RequestScope, body: AnswerBody, examples: Sequence[Example], options: AskOptions
) -> AsyncIterator[str]:
    """Yield the events of an answer whose examples are still to be shown."""
    yield event("excerpts", body)
    yield event("answer", body)
    try:
        # The request has let go of its index by now, and the examples are put together from what the newest one holds.
        async with scope.application.generations.hold():
            shown = await show_examples(scope.application, examples, options)
    except Exception as error:  # the status was sent long ago
        yield f"event: error\ndata: {bytes(problem_response(request, error).body).decode()}\n\n"
        return
    yield event("examples", body.model_copy(update={"examples": shown}))
    yield event("done", body)


def event(name: str, body: AnswerBody) -> str:
    """Write one event."""
    return f"event: {name}\ndata: {one_line(body.model_dump_json(include=set(FIELDS[name])))}\n\n"


def one_line(json: str) -> str:
    """Escape what JSON leaves as it is and some clients take for the end of a line."""
    return json.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

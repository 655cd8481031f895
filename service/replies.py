"""HTTP replies to questions: the form that the client prefers, validators for its cache, and a bound on the length."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import Response

from service.answers import Question
from service.asking import answer_question, how_to_ask, read_question
from service.budget import fit
from service.caching import NEVER_STORED, VALIDATED, entity_tag, is_fresh
from service.events import stream_answer
from service.leaving import while_caller_waits
from service.markdown_answer import markdown_answer
from service.negotiation import EVENTS, JSON, MARKDOWN, VARY, preferred
from service.parameters import AskOptions, Form
from service.questions import is_placeholder
from service.schemas import AnswerBody
from service.site_address import site_address
from service.software import software_version
from service.state import RequestScope

_MEDIA_TYPES = {"json": JSON, "md": MARKDOWN}


async def reply_to_question(
    request: Request, scope: RequestScope, text: str, page: str, options: AskOptions, offers: Sequence[str]
) -> Response:
    """Answer a question as JSON, Markdown or events; with 304 and no work when the client holds the same answer.

    `offers` are the media types this address gives, the one it prefers first. Raises InvalidRequest and Busy.
    """
    question = read_question(text, page, options, scope.generation, scope.settings)
    media_type = chosen_form(request, options.format, offers)
    if media_type == EVENTS:
        return await stream_answer(request, scope, question, options)
    site = site_address(request, scope.settings)
    if is_placeholder(question.text):
        return rendered(how_to_ask(scope, question), media_type, site, VALIDATED)
    if options.run == "live":
        body = await while_caller_waits(request, answer_question(scope, question, options))
        return rendered(fitted(request, body, options, media_type, site), media_type, site, NEVER_STORED)
    headers = {**VALIDATED, "ETag": tag_of(request, scope, question, options, media_type)}
    if is_fresh(request.headers, headers["ETag"]):
        return Response(status_code=304, headers={**headers, "Vary": VARY})
    body = await answer_question(scope, question, options)
    return rendered(fitted(request, body, options, media_type, site), media_type, site, headers)


def chosen_form(request: Request, form: Form | None, offers: Sequence[str]) -> str:
    """Return the media type to answer in: `format=` wins over the Accept header."""
    return _MEDIA_TYPES[form] if form else preferred(request.headers.get("accept", ""), offers)


def tag_of(request: Request, scope: RequestScope, question: Question, options: AskOptions, media_type: str) -> str:
    """Make the ETag of an answer from all that it depends on."""
    return entity_tag(
        software_version(),
        scope.generation.index.manifest.version,
        scope.application.results_revision(),
        request.scope["path"],  # the continuation link holds it
        [question.text, question.goal, question.page, question.scope, question.limit],
        [options.run, options.clock, options.max_chars, options.skip],
        site_address(request, scope.settings) if media_type == MARKDOWN else "",
        media_type,
    )


def fitted(request: Request, body: AnswerBody, options: AskOptions, media_type: str, site: str) -> AnswerBody:
    """Keep the answer within the length asked for, with a link to the rest."""

    def continue_at(skip: int) -> str:
        query = {**request.query_params, "skip": skip}
        return f"{quote(request.scope['path'])}?{urlencode(query)}"

    return fit(body, options.max_chars, options.skip, lambda part: len(written(part, media_type, site)), continue_at)


def written(body: AnswerBody, media_type: str, site: str) -> str:
    """Write an answer in one of its forms."""
    return markdown_answer(body, site) if media_type == MARKDOWN else body.model_dump_json()


def rendered(body: AnswerBody, media_type: str, site: str, headers: dict[str, str]) -> Response:
    """Make the response of an answer."""
    more = {"Vary": VARY, "X-Robots-Tag": "noindex", "X-Askmd-Answered": str(body.answered).lower()}
    return Response(written(body, media_type, site), headers={**headers, **more}, media_type=media_type)

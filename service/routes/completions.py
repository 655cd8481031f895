"""`/v1`: the notes for chat programs that speak OpenAI's chat completions; errors have OpenAI's shape here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from service.caching import NEVER_STORED
from service.completions.answering import answer_chat, model, models
from service.completions.schemas import Completion, CompletionRequest, Model, Models
from service.negotiation import EVENTS, JSON
from service.openapi import Responses, body, event_stream, openai_problems
from service.site_address import site_address
from service.state import ScopeOfRequest

router = APIRouter(prefix="/v1", tags=["chat programs"])

_COMPLETIONS: Responses = {
    200: {
        "description": "The answer, whole or as a stream of chunks that ends with `[DONE]`.",
        "content": {
            JSON: body(Completion),
            EVENTS: event_stream(),
        },
    }
}


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={**_COMPLETIONS, **openai_problems(400, 404, 413, 429, 503)},
)
async def chat_completions(
    request: Request, asked: CompletionRequest, scope: ScopeOfRequest
) -> Completion | StreamingResponse:
    """Answer the last question of a conversation from the notes, with citations; the question before it is context."""
    answered = await answer_chat(scope, asked, site_address(request, scope.settings))
    if not asked.stream:
        return answered.completion()
    with_usage = asked.stream_options is not None and asked.stream_options.include_usage
    events = answered.events(with_usage=with_usage)
    return StreamingResponse(events, headers=NEVER_STORED, media_type=EVENTS)


@router.get("/models", responses=openai_problems(400, 503))
async def list_models(scope: ScopeOfRequest) -> Models:
    """List the notes as the one model."""
    return models(scope)


@router.get("/models/{name}", responses=openai_problems(400, 404, 503))
async def show_model(name: str, scope: ScopeOfRequest) -> Model:
    """Describe the notes as a model."""
    return model(scope, name)

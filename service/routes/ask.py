"""`GET /ask`: a question's answer, its excerpts and its executed examples."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.direct_route import DirectRoute
from service.negotiation import EVENTS, JSON, MARKDOWN
from service.openapi import ANSWERS_AND_EVENTS, problems
from service.parameters import AskQuery
from service.replies import reply_to_question
from service.state import ScopeOfRequest

router = APIRouter(tags=["ask"], route_class=DirectRoute)


@router.get("/ask", responses={**ANSWERS_AND_EVENTS, **problems(429, 503)})
async def ask(request: Request, parameters: AskQuery, scope: ScopeOfRequest) -> Response:
    """Answer a question over the notes: direct answer, verbatim excerpts, and examples with the proof that they ran."""
    text = parameters.question or ""
    return await reply_to_question(request, scope, text, parameters.page, parameters, (JSON, MARKDOWN, EVENTS))

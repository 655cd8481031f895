"""`GET /gaps.md`: what the notes lack; `POST /feedback`: a problem with them, told by whoever met it."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from service.caching import NEVER_STORED
from service.callers import only_known_callers
from service.gaps import find_gaps
from service.gaps_markdown import gaps_markdown
from service.negotiation import JSON, MARKDOWN
from service.openapi import Responses, body, problems
from service.parameters import FeedbackParameters, GapsQuery
from service.reporting import keep_report
from service.schemas import GapsBody, ReportedBody
from service.state import ScopeOfRequest

router = APIRouter(tags=["gaps"], dependencies=[Depends(only_known_callers)])

_FORMS: Responses = {
    200: {
        "description": "The list.",
        "content": {
            MARKDOWN: {"schema": {"type": "string"}},
            JSON: body(GapsBody),
        },
    }
}


@router.get("/gaps.md", responses={**_FORMS, **problems(403, 421, 503)}, response_class=Response)
async def gaps(parameters: GapsQuery, scope: ScopeOfRequest) -> Response:
    """List questions that were not answered, grouped by meaning, with failing examples and reported problems."""
    found = await find_gaps(scope)
    headers = {**NEVER_STORED, "X-Robots-Tag": "noindex"}
    if parameters.format == "json":
        return Response(found.model_dump_json(), headers=headers, media_type=JSON)
    return Response(gaps_markdown(found), headers=headers, media_type=MARKDOWN)


@router.post("/feedback", status_code=201, responses=problems(400, 403, 413, 421, 503))
async def feedback(report: FeedbackParameters, scope: ScopeOfRequest) -> ReportedBody:
    """Report a problem with the notes; it is kept beside them and sent nowhere else."""
    return ReportedBody(kept=True, page=await keep_report(scope, report.content, report.page, report.goal))

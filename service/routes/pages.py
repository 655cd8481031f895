"""The pages of the notes: as HTML, as Markdown, and, with a question, as the Markdown answer to it.

The last router of the app: it takes every address that nothing else took.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.direct_route import DirectRoute
from service.negotiation import MARKDOWN
from service.openapi import PAGES, problems
from service.page_replies import reply_with_page
from service.parameters import PageQuery
from service.state import ScopeOfRequest

router = APIRouter(tags=["pages"], route_class=DirectRoute)


@router.get("/{address:path}", responses={**PAGES, **problems(404, also=MARKDOWN), **problems(405, 429, 503)})
async def page(request: Request, address: str, parameters: PageQuery, scope: ScopeOfRequest) -> Response:
    """Show a page: `/guide/tasks` as HTML, `/guide/tasks.md` as Markdown; with `ask=` it answers from that page on."""
    return await reply_with_page(request, scope, address, parameters)

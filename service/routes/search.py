"""`GET /search`: the best excerpts for a question, without an answer."""

from __future__ import annotations

from fastapi import APIRouter

from service.asking import read_question, search_excerpts
from service.openapi import problems
from service.parameters import SearchQuery
from service.schemas import SearchBody
from service.state import ScopeOfRequest

router = APIRouter(tags=["ask"])


@router.get("/search", responses=problems(503))
async def search(parameters: SearchQuery, scope: ScopeOfRequest) -> SearchBody:
    """Find the excerpts that fit a question best; nothing asked finds nothing."""
    text = parameters.question or ""
    question = read_question(text, parameters.page, parameters, scope.generation, scope.settings)
    return await search_excerpts(scope, question)

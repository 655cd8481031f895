"""What those who run the service look at: is it alive, is it ready, and what does it offer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.documentation import documentation_page
from service.openapi import problems
from service.readiness import readiness
from service.schemas import HealthBody, ReadyBody
from service.state import ScopeOfRequest

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def healthz() -> HealthBody:
    """Say that the process answers."""
    return HealthBody()


@router.get("/readyz", responses=problems(503))
async def readyz(scope: ScopeOfRequest) -> ReadyBody:
    """Say which index answers, how examples are isolated, and how their last runs ended."""
    return await readiness(scope)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Show the routes, their parameters and the kinds of problems on one page that loads nothing from elsewhere."""
    return HTMLResponse(documentation_page(request.app.openapi()))

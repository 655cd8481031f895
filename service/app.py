"""The web application: routes, middleware and error shapes put together. Nothing is opened before the lifespan runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from service.middleware import BodyBound, HeadAsGet, RequestFrame
from service.openapi import describe, problems
from service.parameters import refuse_ignored
from service.problems import add_problem_handlers
from service.routes import agents, ask, chat, completions, examples, gaps, operations, pages, search, site
from service.settings import Settings
from service.software import software_version
from service.state import open_application
from service.tools.endpoint import open_tools, tool_route
from service.upkeep import kept_current

COMPRESSED_FROM_BYTES = 1_000


def create_app(settings: Settings) -> FastAPI:
    """Build the application; its lifespan opens and closes all that it works with."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            open_application(settings) as application,
            kept_current(application),
            open_tools(application) as app.state.tools,
        ):
            app.state.application = application
            yield
            app.state.application = None

    app = FastAPI(
        title="askmd",
        version=software_version(),
        description="Ask Markdown notes: a direct answer, the excerpts it stands on, and the notes' examples executed.",
        lifespan=lifespan,
        dependencies=[Depends(refuse_ignored)],
        responses=problems(422),
        docs_url=None,  # the framework's page loads its script from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # the pages' route takes every address
    )
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES, compresslevel=5)
    app.add_middleware(
        BodyBound,
        max_bytes=settings.max_body_bytes,
        max_bytes_of=dict.fromkeys(("/chat", "/v1/chat/completions"), settings.max_chat_bytes),
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestFrame)  # added last, so it stands outermost
    add_problem_handlers(app)
    app.router.routes.append(tool_route)
    for routes in (ask, agents, chat, search, examples, gaps, completions, operations, site, pages):
        app.include_router(routes.router)
    describe(app)
    return app

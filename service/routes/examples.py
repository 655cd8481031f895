"""The notes' code examples: all of them, one of them, and a new run of one."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.caching import NEVER_STORED
from service.callers import only_known_callers
from service.edited_code import run_edited
from service.example_results import draw_timeline, find_example, kept_results, list_examples, run_example
from service.leaving import while_caller_waits
from service.openapi import problems
from service.parameters import EditedCode, ExamplesQuery, RunQuery
from service.schemas import EditedRunBody, ExampleBody, ExamplesBody
from service.state import ScopeOfRequest

SVG = "image/svg+xml"
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""A picture that is opened by itself may have its own colours, and nothing else."""

router = APIRouter(tags=["examples"])


@router.get("/examples", responses=problems(503))
async def examples(parameters: ExamplesQuery, scope: ScopeOfRequest) -> ExamplesBody:
    """List the examples of the notes with the results of their last runs."""
    return await list_examples(scope, parameters)


@router.get("/examples/{example_id}", responses=problems(404, 503))
async def example(example_id: str, scope: ScopeOfRequest) -> ExampleBody:
    """Show one example with the result of its last run."""
    (shown,) = await kept_results(scope.application, [await find_example(scope, example_id)])
    return shown


@router.get(
    "/examples/{example_id}/timeline.svg",
    response_class=Response,
    responses={200: {"content": {SVG: {}}}, **problems(404, 503)},
)
async def timeline(example_id: str, parameters: RunQuery, scope: ScopeOfRequest) -> Response:
    """Draw when each asyncio task of an example ran, waited and ended in its last run."""
    example = await find_example(scope, example_id)
    picture = await draw_timeline(scope.application, example, parameters.clock)
    return Response(picture, media_type=SVG, headers={**NEVER_STORED, "Content-Security-Policy": SVG_POLICY})


@router.post("/run/{example_id}", responses=problems(404, 429, 503))
async def run(request: Request, example_id: str, parameters: RunQuery, scope: ScopeOfRequest) -> ExampleBody:
    """Run an example of the notes now; how the program ends is a result, not an error.

    The run ends when the caller leaves.
    """
    found = await find_example(scope, example_id)
    return await while_caller_waits(request, run_example(scope.application, found, parameters.clock))


@router.post("/run", responses=problems(400, 403, 404, 413, 421, 429, 503), dependencies=[Depends(only_known_callers)])
async def run_code(request: Request, edited: EditedCode, scope: ScopeOfRequest) -> EditedRunBody:
    """Run code that is given, where that is allowed (ASKMD_ALLOW_EDITED_CODE); nothing of it is kept.

    The run ends when the caller leaves.
    """
    return await while_caller_waits(request, run_edited(scope, edited))

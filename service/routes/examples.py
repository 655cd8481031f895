"""The notes' code examples: all of them, one of them, and a new run of one."""

from __future__ import annotations

from fastapi import APIRouter

from service.example_results import find_example, kept_results, list_examples, run_example
from service.openapi import problems
from service.parameters import ExamplesQuery, RunQuery
from service.schemas import ExampleBody, ExamplesBody
from service.state import ScopeOfRequest

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


@router.post("/run/{example_id}", responses=problems(404, 429, 503))
async def run(example_id: str, parameters: RunQuery, scope: ScopeOfRequest) -> ExampleBody:
    """Run an example of the notes now; how the program ends is a result, not an error."""
    return await run_example(scope.application, await find_example(scope, example_id), parameters.clock)

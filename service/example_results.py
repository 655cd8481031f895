"""The notes' examples with their results in wire form: looked up, run again, listed, counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from corpus.document import Example
from service.answering import page_url
from service.errors import ExampleNotFound, FieldError, InvalidRequest, TimelineNotFound
from service.example_choice import best_proven
from service.examples import ExampleRunner
from service.generations import Generation
from service.parameters import AskOptions, Clock, ExamplesParameters
from service.runs import ProvenExample, Run
from service.schemas import ExampleBody, ExamplesBody, RunBody
from service.standings import Placed, Standings, count_by_status
from service.state import Application, RequestScope
from service.timeline import describe
from service.timeline_svg import draw
from service.verdicts import verdict_of


def example_body(proven: ProvenExample, clock: Clock = "virtual", *, with_run: bool = True) -> ExampleBody:
    """Make the body of an example, which ran on `clock`."""
    example = proven.example
    return ExampleBody(
        id=example.id,
        page=example.path,
        url=page_url(example.path, example.anchor),
        title=example.title,
        start_line=example.start_line,
        end_line=example.end_line,
        language=example.language,
        code=example.code,
        origin=example.origin,
        program=proven.assembly.program,
        assembled=[str(addition) for addition in proven.assembly.added],
        expected_output=example.expected.text if example.expected else None,
        run=_run_body(example.id, proven.run, clock) if with_run and proven.run else None,
        verdict=verdict_of(proven) if with_run and proven.run else None,
    )


def _run_body(example_id: str, run: Run, clock: Clock) -> RunBody:
    body = RunBody.model_validate(run)
    if not run.lanes:
        return body
    address = f"/examples/{example_id}/timeline.svg" + ("?clock=real" if clock == "real" else "")
    return body.model_copy(update={"timeline": address, "timeline_text": describe(run.lanes)})


async def show_examples(
    application: Application, examples: Sequence[Example], options: AskOptions
) -> list[ExampleBody]:
    """Give the examples that are shown, with their results: as kept, run now, or none. Raises TooManyRuns."""
    if not examples:
        return []
    shown = await asyncio.to_thread(_shown, application, examples, options.clock)
    if options.run == "live":
        again = (run_example(application, each.example, options.clock) for each in shown)
        return list(await asyncio.gather(*again))
    return [example_body(each, options.clock, with_run=options.run != "off") for each in shown]


def _shown(application: Application, examples: Sequence[Example], clock: Clock) -> list[ProvenExample]:
    return best_proven([application.runner.cached(example, clock) for example in examples])


async def kept_results(
    application: Application, examples: Sequence[Example], clock: Clock = "virtual"
) -> list[ExampleBody]:
    """Give examples with the results of their last runs."""

    def look_up() -> list[ExampleBody]:
        return [example_body(application.runner.cached(example, clock), clock) for example in examples]

    return await asyncio.to_thread(look_up)


@asynccontextmanager
async def place_for_run(application: Application) -> AsyncIterator[None]:
    """Hold a place among the runs that callers start. Raises TooManyRuns."""
    application.run_rate.take()
    async with application.runs.enter():
        yield


async def run_example(application: Application, example: Example, clock: Clock) -> ExampleBody:
    """Run an example now. Raises TooManyRuns when the queue of runs is full, or too many were started."""
    async with place_for_run(application):
        proven = await application.runner.run(example, clock)
    application.results_known += 1
    return example_body(proven, clock)


async def draw_timeline(application: Application, example: Example, clock: Clock) -> str:
    """Draw when the tasks of an example ran, as known from its last run. Raises TimelineNotFound."""

    def draw_kept() -> str:
        run = application.runner.cached(example, clock).run
        if run is None or not run.lanes:
            raise TimelineNotFound(example.id)
        return draw(run.lanes, f"Timeline of the example at {example.path}:{example.start_line}-{example.end_line}")

    return await asyncio.to_thread(draw_kept)


async def find_example(scope: RequestScope, example_id: str) -> Example:
    """Return an example of the notes. Raises ExampleNotFound."""
    example = await asyncio.to_thread(scope.generation.index.example, example_id)
    if example is None:
        raise ExampleNotFound(example_id[:100])
    return example


async def list_examples(scope: RequestScope, wanted: ExamplesParameters) -> ExamplesBody:
    """List the examples of the notes, or of one page, with the results of their last runs. Raises InvalidRequest."""
    path = scope.generation.paths.resolve(wanted.page) if wanted.page else None
    if wanted.page and path is None:
        raise InvalidRequest([FieldError("page", "is not in the notes")])
    all_placed = await placed_examples(scope)
    placed = [each for each in all_placed if each.path == path] if path else all_placed
    fitting = [
        each
        for each in placed
        if wanted.status in ("", each.standing.status) and wanted.verdict in ("", each.standing.verdict)
    ]
    shown = await kept_bodies(scope, fitting[wanted.skip : wanted.skip + wanted.limit])
    return ExamplesBody(counts=count_by_status(placed), total=len(fitting), examples=shown)


async def placed_examples(scope: RequestScope) -> Sequence[Placed]:
    """Return every example of the notes by its place, and how it stands."""
    return await asyncio.to_thread(standings_of(scope.application, scope.generation).read)


async def kept_bodies(scope: RequestScope, placed: Sequence[Placed]) -> list[ExampleBody]:
    """Give some examples with the results of their last runs."""
    index = scope.generation.index
    found = await asyncio.to_thread(lambda: [index.example(each.id) for each in placed])
    return await kept_results(scope.application, [example for example in found if example])


def standings_of(application: Application, generation: Generation) -> Standings:
    """Return how the examples of a generation stand; they are read once for all who ask."""
    known = application.standings
    if known is None or known.index is not generation.index:
        runner = ExampleRunner(application.sandbox, application.ledger, application.settings.run_limits)
        runner.use_pages(generation.examples_by_page)
        known = Standings(generation.index, runner, application.ledger.standings, application.results_revision)
        application.standings = known
    return known

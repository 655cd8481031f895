"""The notes' examples with their results in wire form: looked up, run again, listed, counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from corpus.document import Example
from service.answering import page_url
from service.errors import ExampleNotFound, FieldError, InvalidRequest, TimelineNotFound
from service.example_choice import best_proven
from service.parameters import AskOptions, Clock, ExamplesParameters
from service.runs import ProvenExample, Run
from service.schemas import ExampleBody, ExamplesBody, RunBody
from service.state import Application, RequestScope
from service.timeline import describe
from service.timeline_svg import draw
from service.verdicts import verdict_of

NOT_RUN = "not_run"


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
    index = scope.generation.index
    path = scope.generation.paths.resolve(wanted.page) if wanted.page else None
    if wanted.page and path is None:
        raise InvalidRequest([FieldError("page", "is not in the notes")])
    examples = await asyncio.to_thread(lambda: index.page_examples(path) if path else index.examples())
    bodies = await kept_results(scope.application, examples)
    fitting = [
        body
        for body in bodies
        if wanted.status in ("", status_of(body)) and (not wanted.verdict or body.verdict == wanted.verdict)
    ]
    shown = fitting[wanted.skip : wanted.skip + wanted.limit]
    return ExamplesBody(counts=count_by_status(bodies), total=len(fitting), examples=shown)


def count_by_status(bodies: Iterable[ExampleBody]) -> dict[str, int]:
    """Count examples by the status of their last run."""
    return dict(Counter(map(status_of, bodies)))


def status_of(body: ExampleBody) -> str:
    """Return the status of an example's last run, `not_run` when it has none."""
    return body.run.status if body.run else NOT_RUN

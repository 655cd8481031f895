"""What lives as long as the application (index, model, sandbox, ledger) and what a request holds of it.

The lifespan opens it before the first request and closes it after the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from index.embedder import Embedder, open_embedder
from index.errors import IndexFault
from index.manifest import current_generation
from index.reranker import Reranker, open_reranker
from index.store import open_index
from service.admission import Admission
from service.answering import Answerer
from service.answers import Answer, Question
from service.errors import NotReady, TooManyQuestions, TooManyRuns
from service.examples import ExampleRunner
from service.generations import Generation, Generations
from service.in_flight import InFlight
from service.ledger import Ledger
from service.page_examples import PageExamples
from service.page_paths import PagePaths
from service.question_log import QuestionLog
from service.run_rate import RunRate
from service.sandbox import Sandbox
from service.schemas import AnswerBody
from service.settings import LEDGER, Settings
from service.standings import Standings
from service.threads import compute_on_one_thread, threads_of_question

log = logging.getLogger("askmd.state")

QUESTIONS_AT_WORK = 32
"""Questions that are handed to the answerer at one time; it makes batches of them."""


@dataclass(slots=True)
class Application:
    """Everything that is opened once."""

    settings: Settings
    embedder: Embedder
    reranker: Reranker | None
    generations: Generations
    sandbox: Sandbox
    ledger: Ledger
    question_log: QuestionLog
    runner: ExampleRunner
    questions: Admission
    runs: Admission
    run_rate: RunRate
    answers_in_flight: InFlight[Answer] = field(default_factory=InFlight)
    bodies_in_flight: InFlight[AnswerBody] = field(default_factory=InFlight)
    newer_index: str = ""
    """Why a newer index on disk is not taken; empty when there is none."""
    results_known: int = 0
    """Number of results that this process has added to the ledger."""
    standings: Standings | None = None
    """How the examples of the index that was last asked about stand."""

    def results_revision(self) -> tuple[object, ...]:
        """Return something that changes whenever a result of an example does, in this process or in another."""
        return self.results_known, *map(_stamp, _ledger_files(self.settings.data))

    async def take_newer_index(self) -> bool:
        """Serve the index that is current on disk, if it is another one; the old one serves on when that fails."""
        try:
            if (
                await asyncio.to_thread(current_generation, self.settings.data)
                == self.generations.newest.index.generation
            ):
                self.newer_index = ""
                return False
            newer = await asyncio.to_thread(open_generation, self.settings, self.embedder, self.reranker)
        except (IndexFault, OSError) as error:
            if str(error) != self.newer_index:
                log.error("A newer index cannot be used: %s", error)
            self.newer_index = str(error)
            return False
        self.generations.replace(newer)
        self.runner.use_pages(newer.examples_by_page)
        self.newer_index = ""
        log.info("Serving index %s, %d pages", newer.index.manifest.version, newer.index.manifest.pages)
        return True


@dataclass(frozen=True, slots=True)
class RequestScope:
    """What one request works with: the application, and the index generation that it holds until it is answered."""

    application: Application
    generation: Generation
    worked_out: dict[Question, Answer] = field(default_factory=dict)
    """Answers that were found on the way to the question that is answered."""

    @property
    def settings(self) -> Settings:
        """The application's settings."""
        return self.application.settings


@asynccontextmanager
async def open_application(settings: Settings) -> AsyncIterator[Application]:
    """Open everything, and close it after the block. Raises IndexFault when there is no index to serve."""
    compute_on_one_thread()
    embedder = await asyncio.to_thread(ready_embedder, settings)
    reranker = await asyncio.to_thread(open_reranker, settings.reranker)
    generations = Generations(await asyncio.to_thread(open_generation, settings, embedder, reranker))
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(generations.close)
        ledger = Ledger.open(settings.ledger_file)
        stack.callback(ledger.close)
        question_log = QuestionLog.open(settings.question_log_file, settings.log_questions, settings.log_retention)
        stack.callback(question_log.close)
        sandbox = await Sandbox.open(settings.run_limits, concurrency=settings.run_concurrency, warm=settings.run_warm)
        stack.push_async_callback(sandbox.close)
        application = Application(
            settings=settings,
            embedder=embedder,
            reranker=reranker,
            generations=generations,
            sandbox=sandbox,
            ledger=ledger,
            question_log=question_log,
            runner=ExampleRunner(sandbox, ledger, settings.run_limits),
            questions=Admission(QUESTIONS_AT_WORK, settings.question_queue, TooManyQuestions),
            runs=Admission(settings.run_concurrency, settings.run_queue, lambda: TooManyRuns(retry_after(settings))),
            run_rate=RunRate(settings.run_rate),
        )
        application.runner.use_pages(generations.newest.examples_by_page)
        yield application


def ready_embedder(settings: Settings) -> Embedder:
    """Open the model and let it encode something: its first text takes many times as long as those after it."""
    threads = threads_of_question(settings.workers)
    embedder = open_embedder(settings.model, settings.models, question_threads=threads)
    embedder.encode_questions(["What is asked first?"])
    return embedder


def open_generation(settings: Settings, embedder: Embedder, reranker: Reranker | None) -> Generation:
    """Open the current index generation for this model. Raises IndexFault."""
    index = open_index(settings.data, model=embedder.model)
    return Generation(index, Answerer(index, embedder, reranker), PagePaths(index.pages()), PageExamples(index))


async def hold(request: Request) -> AsyncIterator[RequestScope]:
    """Give a request its scope. Raises NotReady before the application is open and after it is closed."""
    application: Application | None = getattr(request.app.state, "application", None)
    if application is None:
        raise NotReady
    async with application.generations.hold() as generation:
        yield RequestScope(application, generation)


@lru_cache(maxsize=8)  # every request asks
def _ledger_files(data_folder: Path) -> tuple[str, str]:
    return str(data_folder / LEDGER), str(data_folder / f"{LEDGER}-wal")


def _stamp(path: str) -> tuple[int, int]:
    try:
        stat = os.stat(path)  # noqa: PTH116  (making a Path takes longer)
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def retry_after(settings: Settings) -> int:
    """Return the seconds after which a place among the runs is likely to be free."""
    return max(1, round(settings.run_timeout_seconds))


ScopeOfRequest = Annotated[RequestScope, Depends(hold)]

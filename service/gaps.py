"""What the notes lack: questions that they did not answer, grouped by meaning, examples that fail, reported problems.

A to-do list for whoever writes the notes. Questions that an older index did not answer are asked again first, so that
what was written since drops off the list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from index.embedder import Vectors
from service.answers import Question
from service.example_results import kept_bodies, placed_examples
from service.generations import Generation
from service.question_log import LoggedQuestion, QuestionLog
from service.schemas import AskedBody, GapBody, GapsBody, ReportBody
from service.state import RequestScope
from service.verdicts import FAILING

QUESTIONS = 500
"""Questions that are looked at, those asked most often first."""
REPORTS = 200
EXAMPLES = 200
ALIKE = 0.6
"""Cosine from which on two questions ask for the same. With the default model paraphrases lie from 0.6 to 0.9,
questions on different subjects below 0.45."""


async def find_gaps(scope: RequestScope) -> GapsBody:
    """Gather what the notes lack. Raises Busy when too much is asked at once."""
    log = scope.application.question_log
    async with scope.application.questions.enter():
        asked = await asyncio.to_thread(log.unanswered, QUESTIONS)
        open_questions = [each for each in asked if not await _is_answered_now(scope.generation, log, each)]
        vectors = [await scope.generation.answerer.vector(each.question) for each in open_questions]
    reports = await asyncio.to_thread(log.reports, REPORTS)
    failing = [each for each in await placed_examples(scope) if each.standing.verdict in FAILING]
    return GapsBody(
        questions=[gap_body([open_questions[row] for row in group]) for group in group_alike(vectors)],
        examples=await kept_bodies(scope, failing[:EXAMPLES]),
        examples_failing=len(failing),
        reports=[ReportBody.model_validate(report) for report in reports],
        logged=scope.settings.log_questions,
    )


def group_alike(vectors: Sequence[Vectors], alike: float = ALIKE) -> list[list[int]]:
    """Group unit vectors: each joins the group whose mean is nearest to it, if near enough, or begins its own.

    Order counts, so give what matters most first. Returns positions, groups and members in the order given.
    """
    groups: list[list[int]] = []
    sums: list[Vectors] = []
    for row, vector in enumerate(vectors):
        likeness = [float(vector @ total) / float(np.linalg.norm(total)) for total in sums]
        nearest = int(np.argmax(likeness)) if likeness else -1
        if nearest >= 0 and likeness[nearest] >= alike:
            groups[nearest].append(row)
            sums[nearest] = sums[nearest] + vector
        else:
            groups.append([row])
            sums.append(vector)
    return groups


def gap_body(group: Sequence[LoggedQuestion]) -> GapBody:
    """Describe a group by the question asked most often."""
    pages = dict.fromkeys(page for each in group for page in each.sources)
    return GapBody(
        question=group[0].question,
        times=sum(each.times for each in group),
        last_at=max(each.last_at for each in group),
        nearest_pages=list(pages),
        asked=[AskedBody.model_validate(each) for each in group],
    )


async def _is_answered_now(generation: Generation, log: QuestionLog, asked: LoggedQuestion) -> bool:
    """Ask a question again that another index did not answer."""
    version = generation.index.manifest.version
    if asked.index_version == version:
        return False
    answer = await generation.answerer.ask(Question(asked.question, asked.goal))
    log.judge_again(asked, answer.answered, version)
    return answer.answered

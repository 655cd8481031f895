"""Which question a conversation comes to: the last one asked, with those before it where it can't stand alone.

Only questions count; what was answered before is not searched with, for it would find itself again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.analysis import content_terms, term_set
from service.answers import Answer, Question
from service.asking import read_question
from service.parameters import SearchOptions
from service.questions import clean
from service.state import RequestScope

Speaker = Literal["asker", "notes"]

_OPENINGS = (
    *("and", "but", "or", "so", "then", "also", "what about", "how about", "what if", "why", "why not", "how so"),
    *("in", "on", "with", "without", "for", "instead", "even"),
)
"""Words that a question begins with when it goes on with the one before. English, as far as it goes."""
_POINTERS = frozenset(
    (
        "it",
        "its",
        "they",
        "them",
        "their",
        "that",
        "this",
        "these",
        "those",
        "there",
        "one",
        "ones",
        "he",
        "she",
        "same",
    )
)
"""Words that stand for something said before."""
_FEW_WORDS = 3
_LONGEST_CHAIN = 3
"""Questions that can be context together: "What is a task?", "How do I cancel it?", "and what happens then?"."""
_MANY_WORDS = 12
"""A question this long says by itself what its pointers point to."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    speaker: Speaker
    text: str


def leans_on_context(text: str) -> bool:
    """Say whether a question is likely to need the one before it: `and in Node?`, `how do I cancel it?`."""
    words = [word.strip(".,;:!?\"'()`") for word in text.lower().split()]
    start = " ".join(words)
    opens = any(start == opening or start.startswith(f"{opening} ") for opening in _OPENINGS)
    points = any(word.partition("'")[0] in _POINTERS for word in words)
    return len(words) < _MANY_WORDS and (opens or points or len(words) < _FEW_WORDS)


async def question_of(scope: RequestScope, turns: Sequence[Turn], options: SearchOptions, page: str = "") -> Question:
    """Return the question to answer; empty when nothing was asked. Raises InvalidRequest and Busy."""
    asked = [turn.text for turn in turns if turn.speaker == "asker"]
    last = read_question(asked[-1] if asked else "", page, options, scope.generation, scope.settings)
    if not last.text or not leans_on_context(last.text):
        return last
    before = context_of(asked[:-1])[: scope.settings.max_question_chars // 2]
    return await _with_context(scope, last, before) if before else last


def context_of(earlier: Sequence[str]) -> str:
    """Return the questions that a further one goes on from: the last, and those that it leans on itself."""
    chain: list[str] = []
    for text in filter(None, map(clean, reversed(earlier))):
        chain.insert(0, text)
        if len(chain) == _LONGEST_CHAIN or not leans_on_context(text):
            break
    return " ".join(chain)


async def _with_context(scope: RequestScope, last: Question, before: str) -> Question:
    """Choose how much the question before counts: as a hint, or as part of the question when the hint is not enough.

    Both in one search find what the first asked for as well; an answer that only says that again is none.
    """
    hinted = replace(last, goal=last.goal or before)
    joined = replace(last, text=f"{before} {last.text}"[: scope.settings.max_question_chars])
    answerer = scope.generation.answerer
    async with scope.application.questions.enter():
        by_hint = await answerer.ask(hinted)
        if by_hint.answered:
            return hinted
        by_both, earlier = await asyncio.gather(answerer.ask(joined), answerer.ask(replace(last, text=before)))
    return joined if _goes_on(last, by_both, earlier) else hinted


def _goes_on(last: Question, by_both: Answer, earlier: Answer) -> bool:
    """Tell whether the answer to both questions says more than that to the earlier one, and of what the last asks."""
    if by_both.direct is None or _says(by_both) == _says(earlier):
        return False
    asked = content_terms(last.text)
    found = f"{by_both.direct.text}\n{by_both.excerpts[0].text}"
    return not asked or not term_set(found).isdisjoint(asked)


def _says(answer: Answer) -> str:
    return answer.direct.text if answer.direct else ""

"""Which question a conversation comes to: the last one asked, with those before it where it can't stand alone.

Only questions count; what was answered before is not searched with, for it would find itself again.
"""

from __future__ import annotations

import re
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
    return await _with_context(scope, last, before, said_before(turns)) if before else last


def said_before(turns: Sequence[Turn]) -> str:
    """Return what the notes said right before the last question; empty when that is not in the conversation."""
    asked = max((place for place, turn in enumerate(turns) if turn.speaker == "asker"), default=0)
    before = turns[asked - 1] if asked else None
    return before.text if before and before.speaker == "notes" else ""


def context_of(earlier: Sequence[str]) -> str:
    """Return the questions that a further one goes on from: the last, and those that it leans on itself."""
    chain: list[str] = []
    for text in filter(None, map(clean, reversed(earlier))):
        chain.insert(0, text)
        if len(chain) == _LONGEST_CHAIN or not leans_on_context(text):
            break
    return " ".join(chain)


async def _with_context(scope: RequestScope, last: Question, before: str, said: str) -> Question:
    """Choose how much the question before counts: as a hint, or as part of the question when the hint is not enough.

    Both in one search find what the first asked for as well; an answer that only says that again is none. What was
    `said` to the earlier question is in the conversation; it is worked out where the conversation holds questions only.
    """
    hinted = replace(last, goal=last.goal or before)
    joined = replace(last, text=f"{before} {last.text}"[: scope.settings.max_question_chars])
    async with scope.application.questions.enter():
        if (await _answer(scope, hinted)).answered:
            return hinted
        by_both = await _answer(scope, joined)
        if by_both.direct is None or not _is_about(last, by_both):
            return hinted
        if not said:
            earlier = await _answer(scope, replace(last, text=before))
            said = earlier.direct.text if earlier.direct else ""
    return hinted if _says_again(by_both.direct.text, said) else joined


async def _answer(scope: RequestScope, question: Question) -> Answer:
    """Answer a question, and keep the answer for when it is the one."""
    answer = scope.worked_out[question] = await scope.generation.answerer.ask(question)
    return answer


def _is_about(last: Question, answer: Answer) -> bool:
    """Tell whether an answer to two questions has to do with what the last one asks."""
    asked = content_terms(last.text)
    found = "\n".join((answer.direct.text if answer.direct else "", answer.excerpts[0].text))
    return not asked or not term_set(found).isdisjoint(asked)


def _says_again(text: str, said: str) -> bool:
    """Tell whether all words of a text were said in a row before; whatever marks and quotes stood around them."""
    again, before = (" ".join(re.findall(r"\w+", each)) for each in (text, said))
    return f" {again} " in f" {before} "

"""Ask every question of a set and keep what came back, with how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.document import Page
from corpus.markdown import parse_page, split_lines
from index.store import Index
from service.answering import Answerer
from service.answers import Answer, Excerpt, Question
from service.evaluation.sets import Case

RANKED_CHUNKS = 400
"""Enough chunks to rank 100 pages."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service said to one case."""

    case: Case
    answer: Answer
    pages: tuple[str, ...]
    """Pages by their best chunk, best first; empty when the case judges none."""
    milliseconds: float
    verbatim: int
    """How many excerpts match the page's text to the character."""
    balanced: int
    """How many excerpts have every code fence closed."""

    @property
    def holds(self) -> bool | None:
        """Whether the direct answer (with the first excerpt, for `must_include_each_any`) holds what it must."""
        direct = (self.answer.direct.text if self.answer.direct else "").lower()
        if self.case.answers:
            return any(gold.lower() in direct for gold in self.case.answers)
        if self.case.must_include_each_any:
            first = self.answer.excerpts[0].text.lower() if self.answer.excerpts else ""
            text = f"{direct}\n{first}" if self.answer.answered else ""
            return all(any(word.lower() in text for word in group) for group in self.case.must_include_each_any)
        return None


async def ask_all(
    answerer: Answerer, index: Index, cases: Sequence[Case], report: Callable[[int], None]
) -> list[Reply]:
    """Ask each case on its own, one after the other."""
    replies = []
    for done, case in enumerate(cases, start=1):
        replies.append(await _reply(answerer, index, case))
        report(done)
    return replies


async def _reply(answerer: Answerer, index: Index, case: Case) -> Reply:
    started = time.perf_counter()
    answer = await answerer.ask(Question(case.text))
    milliseconds = (time.perf_counter() - started) * 1000
    pages: tuple[str, ...] = ()
    if case.relevant_pages:
        ranked = await answerer.search(Question(case.text, limit=RANKED_CHUNKS))
        pages = tuple(dict.fromkeys(excerpt.page for excerpt in ranked))
    verbatim = sum(is_verbatim(excerpt, index.page(excerpt.page)) for excerpt in answer.excerpts)
    balanced = sum(is_balanced(excerpt.text) for excerpt in answer.excerpts)
    return Reply(case, answer, pages, milliseconds, verbatim, balanced)


def is_verbatim(excerpt: Excerpt, page: Page | None) -> bool:
    """Tell whether an excerpt is the page's own lines; a part of one long line counts when it stands in that line."""
    if page is None:
        return False
    lines = "".join(split_lines(page.text)[excerpt.start_line - 1 : excerpt.end_line]).rstrip("\r\n")
    return excerpt.text == lines or (excerpt.start_line == excerpt.end_line and excerpt.text in lines)


def is_balanced(text: str) -> bool:
    """Tell whether a renderer would find every code fence of a text closed."""
    probe = "after the excerpt"
    tokens = parse_page(Page("", "", f"{text}\n\n{probe}\n")).tokens
    return not any(token.type == "fence" and probe in token.content for token in tokens)

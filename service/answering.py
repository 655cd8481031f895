"""Answer a question from the index: search, choose the direct answer, judge it, and gather excerpts, examples and
sources.

Encoding and searching happen off the event loop. Everything returned is taken from the notes; nothing is made up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import quote, urlencode

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from index.embedder import Embedder, Vectors
from index.reranker import RERANKED, Reranker, rerank
from index.search import GOAL_WEIGHT, Hit, Query, search
from index.store import Index
from service.answers import Answer, Citation, DirectAnswer, Excerpt, FollowUp, Question, Source
from service.confidence import THRESHOLD, confidence
from service.encoding import QuestionEncoder
from service.example_choice import choose_examples
from service.passage_choice import Choice, choose_passages

SEARCHED_CHUNKS = 30
_FOLLOW_UPS = 3
_NEAREST_PAGES = 3
_NAMED = 3
"""Names that the notes never mention, in the reason for no answer."""
_SIDE_BY_SIDE_FROM = 10_000
"""Chunks from which on two questions are searched for at a time: below, the interpreter's lock is what they wait for,
and a second thread only adds to that."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Found:
    """What search gave, with the texts fetched: chunks in order of rank."""

    hits: tuple[Hit, ...]
    chunks: tuple[Chunk, ...]
    choice: Choice


class Answerer:
    """Answers questions over one index. Use it from one event loop; call `close` at the end."""

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._index = index
        self._reranker = reranker
        self._encoder = QuestionEncoder(embedder)
        workers = 2 if index.manifest.chunks >= _SIDE_BY_SIDE_FROM else 1
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="search")
        self._titles = {page.path: page.title for page in index.pages()}

    async def ask(self, question: Question) -> Answer:
        """Answer a question; `answered` is False, with a reason, when the notes do not hold it."""
        return await self._work(question, self._answer)

    async def search(self, question: Question) -> tuple[Excerpt, ...]:
        """Return the best excerpts alone."""
        return await self._work(question, lambda question, found: self._excerpts(found, question.limit))

    async def vector(self, question: str) -> Vectors:
        """Return a question's vector, of length 1."""
        return await self._encoder.encode(question)

    def close(self) -> None:
        """Stop the threads."""
        self._encoder.close()
        self._workers.shutdown(wait=True, cancel_futures=True)

    async def _work(self, question: Question, finish: Callable[[Question, Found], Result]) -> Result:
        """Encode the question, then search and finish on one of the threads."""
        goal = await self._encoder.encode(question.goal) if question.goal else None
        async with self._encoder.encoded(question.text) as vector:
            towards = vector if goal is None else _towards(vector, goal)
            query = Query(question.text, towards, question.page, question.scope)

            def find() -> Result:
                return finish(question, self._search(query, question.limit))

            return await asyncio.get_running_loop().run_in_executor(self._workers, find)

    def _search(self, query: Query, limit: int) -> Found:
        hits = search(self._index, query, max(SEARCHED_CHUNKS, limit))
        if self._reranker is not None:
            read = self._index.chunks([hit.row for hit in hits[:RERANKED]])
            texts = [f"{chunk.headings[-1]}\n{chunk.plain}" for chunk in read]
            hits = rerank(self._reranker, query.text, hits, texts)
        choice = choose_passages(self._index, query.text, query.vector, hits)
        return Found(tuple(hits), tuple(self._index.chunks([hit.row for hit in hits])), choice)

    def _answer(self, question: Question, found: Found) -> Answer:
        certainty = confidence(found.choice.evidence, self._index.manifest.chunks)
        answered = certainty >= THRESHOLD and bool(found.choice.passages)
        excerpts = self._excerpts(found, question.limit, found.choice.passages if answered else ())
        return Answer(
            question=question,
            answered=answered,
            confidence=round(certainty, 3),
            reason="" if answered else self._reason(found),
            direct=_direct(found.choice.passages, excerpts) if answered else None,
            excerpts=excerpts,
            examples=choose_examples(found.choice.passages, excerpts, self._index.page_examples) if answered else (),
            sources=self._sources(excerpts if answered else excerpts[:_NEAREST_PAGES]),
            follow_ups=self._follow_ups(question, found, excerpts) if answered else (),
        )

    def _reason(self, found: Found) -> str:
        if not found.hits:
            return "The notes hold nothing on this page or section that could be searched."
        names = ", ".join(found.choice.evidence.unknown_names[:_NAMED])
        never = f" They never mention {names}." if names else ""
        return f"The notes do not seem to hold an answer to this.{never} The nearest pages are listed as sources."

    def _excerpts(self, found: Found, limit: int, cited: Sequence[Passage] = ()) -> tuple[Excerpt, ...]:
        """Return the best chunks; those that the direct answer stands on come first."""
        cited_rows = list(dict.fromkeys(passage.chunk for passage in cited))
        position = {hit.row: i for i, hit in enumerate(found.hits)}
        order = [position[row] for row in cited_rows] + [
            i for i, hit in enumerate(found.hits) if hit.row not in cited_rows
        ]
        return tuple(
            self._excerpt(rank, found.chunks[i], found.hits[i].score)
            for rank, i in enumerate(order[: max(limit, len(cited_rows))], start=1)
        )

    def _excerpt(self, rank: int, chunk: Chunk, score: float) -> Excerpt:
        return Excerpt(
            rank=rank,
            id=chunk.id,
            page=chunk.path,
            title=self._titles[chunk.path],
            headings=chunk.headings,
            url=page_url(chunk.path, chunk.anchor),
            start_line=chunk.start_line,
            end_line=chunk.end_line,
            text=chunk.text,
            score=round(score, 4),
        )

    def _sources(self, excerpts: Sequence[Excerpt]) -> tuple[Source, ...]:
        pages = dict.fromkeys(excerpt.page for excerpt in excerpts)
        return tuple(Source(self._titles[page], page_url(page)) for page in pages)

    def _follow_ups(self, question: Question, found: Found, excerpts: Sequence[Excerpt]) -> tuple[FollowUp, ...]:
        """Suggest the headings of further hits, which the notes are sure to answer."""
        shown = {excerpt.headings[-1] for excerpt in excerpts[:1]}
        headings: dict[str, str] = {}
        for chunk in found.chunks:
            heading = chunk.headings[-1]
            if len(chunk.headings) > 1 and heading not in shown:
                headings.setdefault(heading, chunk.path)
        first = list(headings.items())[:_FOLLOW_UPS]
        return tuple(_follow_up(heading, self._titles[path], path, question.goal) for heading, path in first)


@lru_cache(maxsize=4_096)  # an answer holds a dozen
def page_url(path: str, anchor: str = "") -> str:
    """Return a page's address: `guide/tasks.md` is at `/guide/tasks`."""
    place = PurePosixPath(path)
    bare = str(place.with_suffix("")) if place.suffix.lower() in (".md", ".markdown", ".mdx") else path
    return "/" + quote(bare) + (f"#{quote(anchor)}" if anchor else "")


def _follow_up(heading: str, title: str, path: str, goal: str) -> FollowUp:
    """Ask for a section by its heading and its page's title: both together are nearly always answered."""
    text = heading if heading.endswith("?") else f"{heading} ({title})"
    values = {"ask": text, **({"goal": goal} if goal else {})}
    return FollowUp(text, f"{page_url(path)}.md?{urlencode(values)}")


def _direct(passages: Sequence[Passage], excerpts: Sequence[Excerpt]) -> DirectAnswer:
    """Join the passages and cite for each the excerpt that holds it."""
    citations = []
    for passage in passages:
        rank = next(
            e.rank for e in excerpts if e.page == passage.path and e.start_line <= passage.start_line <= e.end_line
        )
        citations.append(Citation(rank, passage.path, passage.start_line, passage.end_line))
    return DirectAnswer(" ".join(passage.text for passage in passages), tuple(citations))


def _towards(vector: NDArray[np.float32], goal: NDArray[np.float32]) -> NDArray[np.float32]:
    mixed = vector + GOAL_WEIGHT * goal
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)

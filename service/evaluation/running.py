"""Run question sets.

Over the notes' own index, or over an index that is built for a set's documents and kept for the next time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.build import index_corpus
from index.embedder import Embedder
from index.reranker import Reranker
from index.store import Index, open_index
from service.answering import Answerer
from service.evaluation.asking import Reply, ask_all
from service.evaluation.measures import Figures, figures_of
from service.evaluation.sets import QuestionSet

Progress = Callable[[str, int, int], None]


async def evaluate(
    question_set: QuestionSet,
    foreign: QuestionSet | None,
    data_folder: Path,
    embedder: Embedder,
    report: Progress,
    per_question: Path | None = None,
    reranker: Reranker | None = None,
) -> Figures:
    """Ask a set's questions, and another set's as ones that its documents do not answer. Raises IndexFault."""
    index = _index_of(question_set, data_folder, embedder, report)
    answerer = Answerer(index, embedder, reranker)
    try:
        replies = await _ask(answerer, index, question_set, question_set.name, report)
        strangers = (
            await _ask(answerer, index, foreign, f"{question_set.name} asked {foreign.name}", report) if foreign else []
        )
    finally:
        answerer.close()
        index.close()
    if per_question is not None:
        _write_replies(per_question, question_set.name, [*replies, *strangers])
    return figures_of(question_set.name, replies, strangers)


async def _ask(answerer: Answerer, index: Index, questions: QuestionSet, stage: str, report: Progress) -> list[Reply]:
    total = len(questions.cases)
    return await ask_all(answerer, index, questions.cases, lambda done: report(stage, done, total))


def _index_of(question_set: QuestionSet, data_folder: Path, embedder: Embedder, report: Progress) -> Index:
    if question_set.corpus is None:
        return open_index(data_folder, model=embedder.model)
    folder = data_folder / "evaluations" / question_set.name
    index_corpus(question_set.corpus, folder, embedder, progress=report)
    return open_index(folder, model=embedder.model)


def _write_replies(path: Path, name: str, replies: Sequence[Reply]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for reply in replies:
            file.write(json.dumps({"set": name, **_row(reply)}, ensure_ascii=False) + "\n")


def _row(reply: Reply) -> dict[str, Any]:
    relevant = dict(reply.case.relevant_pages)
    return {
        "id": reply.case.id,
        "question": reply.case.text,
        "answered": reply.answer.answered,
        "confidence": reply.answer.confidence,
        "holds": reply.holds,
        "answer": reply.answer.direct.text if reply.answer.direct else None,
        "citations": [asdict(citation) for citation in reply.answer.direct.citations] if reply.answer.direct else [],
        "expected": list(reply.case.answers) or [list(group) for group in reply.case.must_include_each_any],
        "rank_of_first_relevant_page": next(
            (rank for rank, page in enumerate(reply.pages, 1) if page in relevant), None
        ),
        "pages": reply.pages[:10],
        "relevant_pages": relevant,
        "milliseconds": round(reply.milliseconds, 2),
    }

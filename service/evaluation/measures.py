"""Turn replies into figures. Ranking measures by ir_measures, the area under the curve by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.evaluation.asking import Reply


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one set; None where the set has nothing to measure it by."""

    name: str
    questions: int
    ndcg_at_10: float | None
    mrr_at_10: float | None
    recall_at_10: float | None
    recall_at_100: float | None
    hit_at_1: float | None
    hit_at_5: float | None
    answer_hit: float | None
    """Share of questions whose answer holds what it must."""
    auroc_own: float | None
    """Chance that an answerable question gets more confidence than one that the set says is not answered."""
    auroc_foreign: float | None
    """The same against questions of another set."""
    answerable_refused: float | None
    unanswerable_answered: float | None
    foreign_answered: float | None
    verbatim: float
    fence_balance: float
    p50_ms: float
    p95_ms: float


def figures_of(name: str, replies: Sequence[Reply], foreign: Sequence[Reply]) -> Figures:
    """Compute the figures of a set from its replies and from those to another set's questions."""
    ranking = _ranking([reply for reply in replies if reply.case.relevant_pages])
    known = [reply.holds for reply in replies if reply.holds is not None]
    answerable = [reply for reply in replies if _is_answerable(reply)]
    unanswerable = [reply for reply in replies if reply.case.answerable is False]
    excerpts = sum(len(reply.answer.excerpts) for reply in replies)
    times = [reply.milliseconds for reply in replies]
    return Figures(
        name=name,
        questions=len(replies),
        **ranking,
        answer_hit=_mean(known),
        auroc_own=_auroc(answerable, unanswerable),
        auroc_foreign=_auroc(answerable, foreign),
        answerable_refused=_mean([not reply.answer.answered for reply in answerable]),
        unanswerable_answered=_mean([reply.answer.answered for reply in unanswerable]),
        foreign_answered=_mean([reply.answer.answered for reply in foreign]),
        verbatim=sum(reply.verbatim for reply in replies) / max(excerpts, 1),
        fence_balance=sum(reply.balanced for reply in replies) / max(excerpts, 1),
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
    )


def _is_answerable(reply: Reply) -> bool:
    return reply.case.answerable is True or (reply.case.answerable is None and reply.holds is not None)


def _ranking(replies: Sequence[Reply]) -> dict[str, float | None]:
    names = ("ndcg_at_10", "mrr_at_10", "recall_at_10", "recall_at_100", "hit_at_1", "hit_at_5")
    if not replies:
        return dict.fromkeys(names)
    from ir_measures import RR, R, Success, calc_aggregate, nDCG

    measures = (nDCG @ 10, RR @ 10, R @ 10, R @ 100, Success @ 1, Success @ 5)
    grades = {reply.case.id: dict(reply.case.relevant_pages) for reply in replies}
    # Only the order counts: earlier pages get higher scores.
    runs = {reply.case.id: {page: float(-rank) for rank, page in enumerate(reply.pages)} for reply in replies}
    found = calc_aggregate(measures, grades, runs)
    return {name: float(found[measure]) for name, measure in zip(names, measures, strict=True)}


def _auroc(answerable: Sequence[Reply], others: Sequence[Reply]) -> float | None:
    if not answerable or not others:
        return None
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(answerable) + [0] * len(others)
    return float(roc_auc_score(labels, [reply.answer.confidence for reply in [*answerable, *others]]))


def _mean(values: Sequence[bool]) -> float | None:
    return float(np.mean(values)) if values else None

"""From the value objects of an answer to their wire form."""

from __future__ import annotations

from collections.abc import Sequence

from index.manifest import Manifest
from service.answers import Answer, Excerpt
from service.schemas import (
    AnswerBody,
    DirectAnswerBody,
    ExampleBody,
    ExcerptBody,
    FollowUpBody,
    IndexBody,
    SearchBody,
    SourceBody,
)


def answer_body(answer: Answer, examples: Sequence[ExampleBody], manifest: Manifest, took_ms: float) -> AnswerBody:
    """Make the body of an answer; its examples come with their runs."""
    return AnswerBody(
        question=answer.question.text,
        goal=answer.question.goal,
        answered=answer.answered,
        confidence=answer.confidence,
        reason=answer.reason,
        answer=DirectAnswerBody.model_validate(answer.direct) if answer.direct else None,
        excerpts=excerpt_bodies(answer.excerpts),
        examples=list(examples),
        sources=[SourceBody.model_validate(source) for source in answer.sources],
        follow_ups=[FollowUpBody.model_validate(follow_up) for follow_up in answer.follow_ups],
        index=index_body(manifest),
        took_ms=round(took_ms, 1),
    )


def search_body(question: str, excerpts: Sequence[Excerpt], manifest: Manifest, took_ms: float) -> SearchBody:
    """Make the body of a search."""
    return SearchBody(
        question=question,
        excerpts=excerpt_bodies(excerpts),
        index=index_body(manifest),
        took_ms=round(took_ms, 1),
    )


def excerpt_bodies(excerpts: Sequence[Excerpt]) -> list[ExcerptBody]:
    """Make the bodies of excerpts."""
    return [ExcerptBody.model_validate(excerpt) for excerpt in excerpts]


def index_body(manifest: Manifest) -> IndexBody:
    """Tell which index answered."""
    return IndexBody.model_validate(manifest)

"""Whole pieces within a length, and the way to the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.budget import ENDING, fit, in_turn
from service.schemas import AnswerBody, ExampleBody, ExcerptBody, SourceBody

SOURCE_CHARS = 5


def answer_of(excerpt_sizes: list[int], example_sizes: list[int]) -> AnswerBody:
    excerpts = [ExcerptBody.model_construct(rank=rank, text="x" * size) for rank, size in enumerate(excerpt_sizes, 1)]
    examples = [
        ExampleBody.model_construct(id=str(number), code="y" * size) for number, size in enumerate(example_sizes)
    ]
    return AnswerBody.model_construct(
        question="q", excerpts=excerpts, examples=examples, sources=[SourceBody(title="t", url="/t")], follow_ups=[]
    )


def length(body: AnswerBody) -> int:
    texts = [excerpt.text for excerpt in body.excerpts] + [example.code for example in body.examples]
    return sum(map(len, texts)) + SOURCE_CHARS * len(body.sources)


def part(body: AnswerBody, max_chars: int | None, skip: int | None = None) -> AnswerBody:
    return fit(body, max_chars, skip, length, lambda following: f"?skip={following}")


def test_in_turn_best_excerpt_then_best_example() -> None:
    body = answer_of([1, 1, 1], [1])
    first, second, third = body.excerpts
    assert in_turn(body) == [first, body.examples[0], second, third, ENDING]


def test_fit_no_bound_keeps_everything() -> None:
    body = part(answer_of([9, 9], [9]), None)
    assert (len(body.excerpts), len(body.examples), body.continuation) == (2, 1, None)


def test_fit_pieces_go_from_the_end_and_are_linked() -> None:
    body = part(answer_of([10, 10, 10], [10]), 25)
    assert (len(body.excerpts), len(body.examples), body.sources) == (1, 1, [])
    assert body.continuation is not None
    assert body.continuation.model_dump() == {"excerpts": 2, "examples": 0, "url": "?skip=2"}


def test_fit_first_piece_too_long_leaves_the_answer_alone() -> None:
    body = part(answer_of([100], []), 50)
    assert body.excerpts == []
    assert body.continuation is not None


def test_fit_later_part_gives_at_least_one_piece() -> None:
    body = part(answer_of([10, 100, 10], []), 50, skip=1)
    assert [excerpt.rank for excerpt in body.excerpts] == [2]
    assert body.continuation is not None
    assert body.continuation.url == "?skip=2"


@pytest.mark.parametrize("skip", [4, 100])
def test_fit_nothing_left_is_the_end(skip: int) -> None:
    body = part(answer_of([10, 10, 10], []), 5, skip)
    assert (body.excerpts, body.continuation) == ([], None)


@given(st.lists(st.integers(0, 300), max_size=6), st.lists(st.integers(0, 300), max_size=4), st.integers(0, 400))
def test_fit_following_the_links_gives_every_piece_once(excerpts: list[int], examples: list[int], bound: int) -> None:
    whole = answer_of(excerpts, examples)
    seen, skip = [], None
    for _ in range(len(excerpts) + len(examples) + 3):
        body = part(whole, bound, skip)
        seen += in_turn(body)
        if body.continuation is None:
            break
        skip = int(body.continuation.url.removeprefix("?skip="))
    assert sorted(map(repr, seen)) == sorted(map(repr, in_turn(whole)))

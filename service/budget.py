"""Keep an answer within the length its reader asked for: whole excerpts and examples go, from the end; none is cut.

Excerpts and examples take turns (best excerpt, best example, second excerpt, …), so that a short answer still shows
both. What is left out is counted and linked.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from service.schemas import AnswerBody, ContinuationBody, ExampleBody, ExcerptBody

Piece = ExcerptBody | ExampleBody


def fit(
    body: AnswerBody,
    max_chars: int | None,
    skip: int | None,
    measure: Callable[[AnswerBody], int],
    continue_at: Callable[[int], str],
) -> AnswerBody:
    """Return the answer with as many pieces as fit into `max_chars`; a later part leaves out the first `skip`.

    `measure` tells the length of an answer in the form that will be sent; `continue_at` makes the address of the part
    that skips so many pieces. A later part holds at least one piece, however long, so that a reader gets on.
    """
    skipped = skip or 0
    pieces = in_turn(body)[skipped:]
    whole = _with_pieces(body, pieces, None)
    if max_chars is None or measure(whole) <= max_chars:
        return whole
    fitting = _part(body, pieces, 0 if skip is None else 1, skipped, continue_at)
    for count in range(1, len(pieces)):
        longer = _part(body, pieces, count, skipped, continue_at)
        if measure(longer) > max_chars:
            break
        fitting = longer
    return fitting


def in_turn(body: AnswerBody) -> list[Piece]:
    """List excerpts and examples in turn, the best first."""
    pairs = zip_longest(body.excerpts, body.examples)
    return [piece for pair in pairs for piece in pair if piece is not None]


def _part(
    body: AnswerBody, pieces: list[Piece], count: int, skip: int, continue_at: Callable[[int], str]
) -> AnswerBody:
    left_out = pieces[count:]
    if not left_out:
        return _with_pieces(body, pieces, None)
    continuation = ContinuationBody(
        excerpts=sum(isinstance(piece, ExcerptBody) for piece in left_out),
        examples=sum(isinstance(piece, ExampleBody) for piece in left_out),
        url=continue_at(skip + count),
    )
    return _with_pieces(body, pieces[:count], continuation)


def _with_pieces(body: AnswerBody, pieces: list[Piece], continuation: ContinuationBody | None) -> AnswerBody:
    return body.model_copy(
        update={
            "excerpts": [piece for piece in pieces if isinstance(piece, ExcerptBody)],
            "examples": [piece for piece in pieces if isinstance(piece, ExampleBody)],
            "continuation": continuation,
        }
    )

"""Keep an answer within the length its reader asked for: whole pieces go, from the end; none is cut.

Excerpts and examples take turns (best excerpt, best example, second excerpt, …), so that a short answer still shows
both; sources and follow-ups come last, as one piece. What is left out is counted and linked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Literal

from service.schemas import AnswerBody, ContinuationBody, ExampleBody, ExcerptBody

Piece = ExcerptBody | ExampleBody | Literal["ending"]
ENDING: Literal["ending"] = "ending"
"""Sources and follow-ups."""


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

    def part(count: int) -> AnswerBody:
        left_out = pieces[count:]
        following = continuation(left_out, continue_at(skipped + count)) if left_out else None
        return with_pieces(body, pieces[:count], following)

    whole = part(len(pieces))
    if max_chars is None or measure(whole) <= max_chars:
        return whole
    least = 0 if skip is None else 1
    fitting = part(least)
    for count in range(least + 1, len(pieces)):
        longer = part(count)
        if measure(longer) > max_chars:
            break
        fitting = longer
    return fitting


def in_turn(body: AnswerBody) -> list[Piece]:
    """List excerpts and examples in turn, the best first, and the ending."""
    pairs = zip_longest(body.excerpts, body.examples)
    ending: list[Piece] = [ENDING] if body.sources or body.follow_ups else []
    return [piece for pair in pairs for piece in pair if piece is not None] + ending


def continuation(left_out: Sequence[Piece], url: str) -> ContinuationBody:
    """Tell what was left out and where it is."""
    excerpts = sum(isinstance(piece, ExcerptBody) for piece in left_out)
    examples = sum(isinstance(piece, ExampleBody) for piece in left_out)
    return ContinuationBody(excerpts=excerpts, examples=examples, url=url)


def with_pieces(body: AnswerBody, pieces: Sequence[Piece], following: ContinuationBody | None) -> AnswerBody:
    """Return the answer with these pieces only."""
    ends = ENDING in pieces
    return body.model_copy(
        update={
            "excerpts": [piece for piece in pieces if isinstance(piece, ExcerptBody)],
            "examples": [piece for piece in pieces if isinstance(piece, ExampleBody)],
            "sources": body.sources if ends else [],
            "follow_ups": body.follow_ups if ends else [],
            "continuation": following,
        }
    )

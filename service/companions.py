"""Put a direct answer together: the best passage and what joins it while there is room, each complete in itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from corpus.document import Passage
from corpus.passages import leans_on_context
from index.analysis import term_set
from service.passage_scores import Scores
from service.question_kind import ANNOUNCES, QuestionKind, draws_tree, points_elsewhere
from service.question_terms import QuestionTerms
from service.shortening import beginning_of, shorten

LONGEST_ANSWER_CHARACTERS = 300
MOST_PASSAGES = 3
COMPANION_SHARE = 0.6
"""A further sentence joins the answer when its score is at least this share of the best one's."""
OTHER_CHUNK_SHARE = 0.9
"""The same for a sentence of another chunk, which reads as a leap unless it is about as good."""
ADDED_TERMS_WEIGHT = 1.5
"""For a further sentence of the same chunk: the share of the question's terms that the best one does not hold."""
SHORTEST_BEGINNING = 50
"""A further sentence that is too long is cut to its beginning when that has so many characters; fewer say little."""
REPEATED_SHARE = 0.8
"""A further sentence says nothing new when it and another one have this share of the longer one's words in common."""
_STANDS_ALONE = frozenset({"list", "code", "row", "definition"})
_NEAR = 2
"""How far behind its announcement code stands among the passages."""


def assemble(
    passages: Sequence[Passage], scores: Scores, best: int, question_terms: QuestionTerms, kind: QuestionKind
) -> Iterator[Passage]:
    """Yield the best passage, the sentence before it when it leans on one, and then either the code that shows what it
    says or further good passages while there is room: those of its chunk in their order, then the others, and at the
    very end one that is cut.
    """
    chosen = {best: fitted(passages[best], question_terms)}
    if passages[best].kind not in _STANDS_ALONE:
        if leans_on_context(passages[best].text) and _precedes(passages, best - 1, best):
            _add_whole(chosen, best - 1, passages[best - 1])
        code = next_code(passages, best) if kind.asks_command else None
        if code is None or not _add_whole(chosen, code, passages[code]):
            _add_companions(chosen, passages, scores, best, question_terms)
    home = passages[best].chunk
    for i in sorted(chosen, key=lambda i: (chosen[i].text != passages[i].text, passages[i].chunk != home, i)):
        yield chosen[i]


def _add_companions(
    chosen: dict[int, Passage],
    passages: Sequence[Passage],
    scores: Scores,
    best: int,
    question_terms: QuestionTerms,
) -> None:
    """Add further passages, the worthiest first; the last one may be cut to the room that is left."""
    for i in _companions(passages, scores, best, question_terms):
        if len(chosen) == MOST_PASSAGES:
            return
        if i in chosen or not _joins(passages, chosen, i) or _add_whole(chosen, i, passages[i]):
            continue
        beginning = beginning_of(passages[i].text, _room(chosen))
        if len(beginning) >= SHORTEST_BEGINNING:
            chosen[i] = replace(passages[i], text=beginning)


def _companions(passages: Sequence[Passage], scores: Scores, best: int, question_terms: QuestionTerms) -> Sequence[int]:
    """Return what scores enough to join the best passage, the worthiest first: what stands in its chunk is worth more
    for each of the question's terms that it adds.
    """
    home, text = passages[best].chunk, passages[best].text
    held = question_terms.share_in(text)
    worth: dict[int, float] = {}
    for i in np.flatnonzero(scores >= COMPANION_SHARE * scores[best]).tolist():
        if passages[i].chunk == home:
            worth[i] = float(scores[i]) + ADDED_TERMS_WEIGHT * (question_terms.share_in(text, passages[i].text) - held)
        elif scores[i] >= OTHER_CHUNK_SHARE * scores[best]:
            worth[i] = float(scores[i])
    return sorted(worth, key=lambda i: -worth[i])


def _add_whole(chosen: dict[int, Passage], position: int, passage: Passage) -> bool:
    """Add a passage and return True, if there is room for it."""
    fits = len(passage.text) <= _room(chosen)
    if fits:
        chosen[position] = passage
    return fits


def _room(chosen: Mapping[int, Passage]) -> int:
    """Return how many characters are left; each passage is followed by a blank."""
    return LONGEST_ANSWER_CHARACTERS - sum(len(passage.text) + 1 for passage in chosen.values())


def _precedes(passages: Sequence[Passage], first: int, second: int) -> bool:
    return first >= 0 and passages[first].chunk == passages[second].chunk and passages[first].kind == "sentence"


def _joins(passages: Sequence[Passage], chosen: Collection[int], candidate: int) -> bool:
    """Tell whether a passage can stand beside the chosen ones: prose that says something further."""
    passage = passages[candidate]
    repeated = any(_repeats(passage.text, passages[i].text) for i in chosen)
    return (
        passage.kind in ("sentence", "item", "definition")
        and not repeated
        and not passage.text.endswith((*ANNOUNCES, "?"))
        and not points_elsewhere(passage.text)
    )


def _repeats(text: str, other: str) -> bool:
    """Tell whether two texts are made of nearly the same words, or one is a part of the other."""
    held, others = term_set(text), term_set(other)
    return text in other or other in text or len(held & others) >= REPEATED_SHARE * max(len(held), len(others))


def next_code(passages: Sequence[Passage], position: int) -> int | None:
    """Return the code that a passage announces, or the sentence after it."""
    following = range(position + 1, min(position + 1 + _NEAR, len(passages)))
    same = (i for i in following if passages[i].chunk == passages[position].chunk)
    return next((i for i in same if passages[i].kind == "code" and not draws_tree(passages[i].text)), None)


def fitted(passage: Passage, question_terms: QuestionTerms) -> Passage:
    """Return a passage within the length of an answer; with no text where it can't be cut."""
    if len(passage.text) <= LONGEST_ANSWER_CHARACTERS:
        return passage
    return replace(passage, text=shorten(passage.text, LONGEST_ANSWER_CHARACTERS, question_terms.share_in))

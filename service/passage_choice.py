"""Choose the direct answer among the passages of the best chunks: one sentence, a few, a list, a row, or code.

No language model: the best passage is taken as it stands in the notes, with what it needs to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from corpus.passages import leans_on_context
from index.analysis import term_set
from index.search import Hit
from index.store import Index
from service.evidence import Evidence, gather_evidence
from service.passage_scores import Scores, openings_of, score_passages
from service.question_kind import ANNOUNCES, QuestionKind, question_kind
from service.question_terms import QuestionTerms
from service.shortening import beginning_of, shorten
from service.unknown_names import unknown_names

LONGEST_ANSWER_CHARACTERS = 300
MOST_PASSAGES = 3
COMPANION_SHARE = 0.6
"""A further sentence joins the answer when its score is at least this share of the best one's."""
OTHER_CHUNK_SHARE = 0.9
"""The same for a sentence of another chunk, which reads as a leap unless it is about as good."""
SHORTEST_BEGINNING = 50
"""A further sentence that is too long is cut to its beginning when that has so many characters; fewer say little."""
REPEATED_SHARE = 0.8
"""A further sentence says nothing new when it and another one have this share of the longer one's words in common."""
_STANDS_ALONE = frozenset({"list", "code", "row", "definition"})
_READ_CHUNKS = 10
_NEAR = 2
"""How far behind its announcement code stands among the passages."""
_NO_SUBJECT = re.compile(
    r"(?:Returns?|Adds?|Sets?|Gets?|Creates?|Emit(?:s|ted)|Enforces?|Handles?|Provides?|Allows?|Enables?|Disables?|Specifies"
    r"|Defines?|Starts?|Stops?|Opens?|Closes?|Reads?|Writes?|Sends?|Runs?|Calls?|Checks?|Converts?|Removes?|Replaces?|Registers?"
    r"|Represents?|Indicates?|Used|Waits?|Raises?|Throws?|Asynchronous(?:ly)?|Synchronous(?:ly)?|Listens?|Loads?|Makes?|Turns?)\s",
)
"""Openings of reference entries, whose subject is the heading. English, as far as it goes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The passages of a direct answer in order, each at its final length, and the evidence behind them."""

    passages: tuple[Passage, ...]
    evidence: Evidence


def choose_passages(index: Index, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]) -> Choice:
    """Choose the direct answer for a question among its hits; no hits give no passages."""
    read = list(hits[:_READ_CHUNKS])
    found = index.passages([hit.row for hit in read])
    if not found:
        return Choice((), Evidence())
    chunks = dict(zip((hit.row for hit in read), index.chunks([hit.row for hit in read]), strict=True))
    question_terms = QuestionTerms(index, question)
    passages = [passage for _, passage in found]
    similarities = np.asarray(index.arrays.passage_vectors[[row for row, _ in found]] @ vector, dtype=np.float32)
    shares = np.asarray([question_terms.share_in(passage.text) for passage in passages], dtype=np.float32)
    kind, chunk_scores = question_kind(question), {hit.row: hit.score for hit in read}
    openings = openings_of(passages, chunks)
    scores = score_passages(passages, similarities, shares, chunk_scores, chunks, openings, question_terms, kind)
    names = unknown_names(index, question, chunks.values())
    evidence = gather_evidence(read, chunks, passages, similarities, question_terms, names)
    return Choice(tuple(_answer(passages, scores, chunks, openings, question_terms, kind)), evidence)


def _answer(
    passages: list[Passage],
    scores: Scores,
    chunks: Mapping[int, Chunk],
    openings: Set[int],
    question_terms: QuestionTerms,
    kind: QuestionKind,
) -> Iterator[Passage]:
    """Yield the passages of the answer; none when not one of them can be brought to its length."""
    scores[[i for i, passage in enumerate(passages) if not _fitted(passage, question_terms).text]] = -np.inf
    if not np.isfinite(scores.max()):
        return
    best = _with_code(passages, int(np.argmax(scores)), kind)
    if best in openings:
        passages[best] = _named(passages[best], chunks[passages[best].chunk])
    yield from _assemble(passages, scores, best, question_terms, kind)


def _with_code(passages: Sequence[Passage], best: int, kind: QuestionKind) -> int:
    """Return the code that the best passage announces, where a way to do something is asked for; else the passage."""
    text = passages[best].text
    if not kind.asks_command and not text.endswith(ANNOUNCES):
        return best
    code = _next_code(passages, best)
    return best if code is None or not passages[code].text.startswith(text) else code


def _next_code(passages: Sequence[Passage], position: int) -> int | None:
    """Return the code that a passage announces, or the sentence after it."""
    following = range(position + 1, min(position + 1 + _NEAR, len(passages)))
    same = (i for i in following if passages[i].chunk == passages[position].chunk)
    return next((i for i in same if passages[i].kind == "code"), None)


def _named(opening: Passage, chunk: Chunk) -> Passage:
    """Put its heading before an opening that has no subject of its own ("Returns `true` if the path exists")."""
    text = f"{chunk.headings[-1]}: {opening.text}"
    if len(text) > LONGEST_ANSWER_CHARACTERS or not _NO_SUBJECT.match(opening.text):
        return opening
    return replace(opening, text=text, start_line=chunk.start_line)


def _assemble(
    passages: Sequence[Passage], scores: Scores, best: int, question_terms: QuestionTerms, kind: QuestionKind
) -> Iterator[Passage]:
    """Yield the best passage, the sentence before it when it leans on one, and then either the code that shows what it
    says or further good passages while there is room: those of its chunk in their order, then the others, and at the
    very end one that is cut.
    """
    chosen = {best: _fitted(passages[best], question_terms)}
    if passages[best].kind not in _STANDS_ALONE:
        if leans_on_context(passages[best].text) and _precedes(passages, best - 1, best):
            _add_whole(chosen, best - 1, passages[best - 1])
        code = _next_code(passages, best) if kind.asks_command else None
        if code is None or not _add_whole(chosen, code, passages[code]):
            _add_companions(chosen, passages, scores, best)
    home = passages[best].chunk
    for i in sorted(chosen, key=lambda i: (chosen[i].text != passages[i].text, passages[i].chunk != home, i)):
        yield chosen[i]


def _add_companions(chosen: dict[int, Passage], passages: Sequence[Passage], scores: Scores, best: int) -> None:
    """Add further passages, best first; the last one may be cut to the room that is left."""
    for i in map(int, np.argsort(-scores, kind="stable")):
        if i in chosen:
            continue
        if scores[i] < COMPANION_SHARE * scores[best] or len(chosen) == MOST_PASSAGES:
            return
        if passages[i].chunk != passages[best].chunk and scores[i] < OTHER_CHUNK_SHARE * scores[best]:
            continue
        if not _joins(passages, chosen, i) or _add_whole(chosen, i, passages[i]):
            continue
        beginning = beginning_of(passages[i].text, _room(chosen))
        if len(beginning) >= SHORTEST_BEGINNING:
            chosen[i] = replace(passages[i], text=beginning)


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
    )


def _repeats(text: str, other: str) -> bool:
    """Tell whether two texts are made of nearly the same words, or one is a part of the other."""
    held, others = term_set(text), term_set(other)
    return text in other or other in text or len(held & others) >= REPEATED_SHARE * max(len(held), len(others))


def _fitted(passage: Passage, question_terms: QuestionTerms) -> Passage:
    if len(passage.text) <= LONGEST_ANSWER_CHARACTERS:
        return passage
    return replace(passage, text=shorten(passage.text, LONGEST_ANSWER_CHARACTERS, question_terms.share_in))

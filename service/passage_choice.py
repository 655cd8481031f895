"""Choose the direct answer among the passages of the best chunks: one sentence, a few, or a whole list.

No language model: passages are scored by the same fusion of dense and lexical evidence as chunks, plus the score of the
chunk that holds them, plus small bonuses for standing where answers stand and for looking like what the question asks
for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from corpus.passages import leans_on_context
from index.analysis import content_terms, term_set, terms
from index.search import Hit, fuse
from index.store import Index
from service.question_kind import ANNOUNCES, QuestionKind, fit, question_kind
from service.shortening import shorten

Scores = NDArray[np.float32]

LONGEST_ANSWER_CHARACTERS = 300
MOST_PASSAGES = 3
PASSAGE_DENSE_WEIGHT = 0.5
CHUNK_WEIGHT = 0.8
COMPANION_SHARE = 0.6
"""A further sentence joins the answer when its score is at least this share of the best one's."""
OTHER_CHUNK_SHARE = 0.9
"""The same for a sentence of another chunk, which reads as a leap unless it is about as good."""
SUBJECT_WEIGHT = 0.1
"""For a question of what something is or does: the share of its terms that a passage begins with."""
HEADING_WEIGHT = 0.1
"""For the first sentence below a heading: the share of the question's terms that the heading holds."""
NAMED_ABOVE_WEIGHT = 0.3
"""For what is read with its heading (an entry, a row, code): the share of the terms that only the heading holds."""
_READ_WITH_HEADING = frozenset({"item", "row", "code", "definition"})
_SUBJECT_CHARACTERS = 40
DEFINES_BONUS = 0.15
_SAYS_WHAT = re.compile(
    r".{1,60}?\b(?:is|are|means|refers to|lets|allows|provides|represents|describes|returns|runs|makes)\b",
    re.IGNORECASE | re.DOTALL,
)
_ALMOST_ALL = 0.95
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
    support: float
    """The best passage's cosine times the share of the question's terms that it holds.

    Near in meaning and in words at once.
    """


class _Terms:
    """A question's terms with their inverse document frequencies."""

    def __init__(self, index: Index, question: str) -> None:
        count = max(1, index.manifest.chunks)
        found = content_terms(question) or terms(question)
        self._weights = {term: math.log(1 + count / (1 + index.chunk_terms.document_frequency(term))) for term in found}
        self._total = max(sum(self._weights.values()), 1e-9)

    def share_in(self, text: str) -> float:
        """Return the share of the weight that a text holds, 0 to 1."""
        held = term_set(text)
        return sum(weight for term, weight in self._weights.items() if term in held) / self._total


def choose_passages(index: Index, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]) -> Choice:
    """Choose the direct answer for a question among its hits; no hits give no passages."""
    read = list(hits[:_READ_CHUNKS])
    found = index.passages([hit.row for hit in read])
    if not found:
        return Choice((), 0.0)
    chunks = dict(zip((hit.row for hit in read), index.chunks([hit.row for hit in read]), strict=True))
    question_terms, kind = _Terms(index, question), question_kind(question)
    passages = [passage for _, passage in found]
    similarities = np.asarray(index.arrays.passage_vectors[[row for row, _ in found]] @ vector, dtype=np.float32)
    shares = np.asarray([question_terms.share_in(passage.text) for passage in passages], dtype=np.float32)
    scores = _scores(passages, similarities, shares, {hit.row: hit.score for hit in read}, chunks, question_terms, kind)
    scores[[i for i, passage in enumerate(passages) if not _fitted(passage, question_terms).text]] = -np.inf
    if not np.isfinite(scores.max()):
        return Choice((), 0.0)
    best = _with_code(passages, int(np.argmax(scores)), kind)
    if best in _openings(passages, chunks):
        passages[best] = _named(passages[best], chunks[passages[best].chunk])
    chosen = tuple(_fitted(passage, question_terms) for passage in _assemble(passages, scores, best))
    return Choice(chosen, float((similarities * shares).max()))


def _scores(
    passages: Sequence[Passage],
    similarities: Scores,
    shares: Scores,
    chunk_scores: dict[int, float],
    chunks: dict[int, Chunk],
    question_terms: _Terms,
    kind: QuestionKind,
) -> Scores:
    fused = fuse(similarities, shares / max(float(shares.max()), 1e-9), PASSAGE_DENSE_WEIGHT)
    best = max(1e-9, *chunk_scores.values())
    openings = _openings(passages, chunks)
    added = [
        CHUNK_WEIGHT * chunk_scores[passage.chunk] / best
        + fit(kind, passage)
        + _place(passage, float(shares[i]), chunks[passage.chunk].headings[-1], question_terms, opens=i in openings)
        + (_subject(passage.text, question_terms) if kind.asks_definition else 0)
        for i, passage in enumerate(passages)
    ]
    return np.asarray(fused + np.asarray(added, dtype=np.float32), dtype=np.float32)


def _place(passage: Passage, share: float, heading: str, question_terms: _Terms, *, opens: bool) -> float:
    """Return what standing below its heading adds to a passage."""
    if opens:
        return HEADING_WEIGHT * question_terms.share_in(heading)
    if passage.kind in _READ_WITH_HEADING:
        return NAMED_ABOVE_WEIGHT * (question_terms.share_in(f"{heading} {passage.text}") - share)
    return 0.0


def _subject(text: str, question_terms: _Terms) -> float:
    """Return what beginning with the question's subject adds, more where the passage goes on to say what it is."""
    named = question_terms.share_in(text[:_SUBJECT_CHARACTERS])
    says = _SAYS_WHAT.match(text)
    defines = says is not None and question_terms.share_in(says[0]) > _ALMOST_ALL
    return SUBJECT_WEIGHT * named + (DEFINES_BONUS if defines else 0.0)


def _openings(passages: Sequence[Passage], chunks: dict[int, Chunk]) -> set[int]:
    """Return which passages are the first sentence below a heading."""
    first: dict[int, int] = {}
    for i, passage in enumerate(passages):
        if passage.kind == "sentence" and chunks[passage.chunk].text.lstrip().startswith("#"):
            first.setdefault(passage.chunk, i)
    return set(first.values())


def _with_code(passages: Sequence[Passage], best: int, kind: QuestionKind) -> int:
    """Return the code that the best passage announces, where a way to do something is asked for; else the passage."""
    text = passages[best].text
    if not kind.asks_command and not text.endswith(ANNOUNCES):
        return best
    following = range(best + 1, min(best + 1 + _NEAR, len(passages)))
    announced = (i for i in following if passages[i].kind == "code" and passages[i].text.startswith(text))
    return next(announced, best)


def _named(opening: Passage, chunk: Chunk) -> Passage:
    """Put its heading before an opening that has no subject of its own ("Returns `true` if the path exists")."""
    text = f"{chunk.headings[-1]}: {opening.text}"
    if len(text) > LONGEST_ANSWER_CHARACTERS or not _NO_SUBJECT.match(opening.text):
        return opening
    return replace(opening, text=text, start_line=chunk.start_line)


def _assemble(passages: Sequence[Passage], scores: Scores, best: int) -> list[Passage]:
    """Take the best passage, the sentence before it when it leans on one, and further good ones while there is room."""
    order = [int(i) for i in np.argsort(-scores, kind="stable")]
    if passages[best].kind in ("list", "code", "row", "definition"):
        return [passages[best]]
    chosen = [best]
    if (
        leans_on_context(passages[best].text)
        and _precedes(passages, best - 1, best)
        and _fits(passages, chosen, best - 1)
    ):
        chosen.insert(0, best - 1)
    for i in order:
        if i in chosen:
            continue
        if scores[i] < COMPANION_SHARE * scores[best] or len(chosen) == MOST_PASSAGES:
            break
        if passages[i].chunk != passages[best].chunk and scores[i] < OTHER_CHUNK_SHARE * scores[best]:
            continue
        if _joins(passages, chosen, i) and _fits(passages, chosen, i):
            chosen.append(i)
    same = sorted(i for i in chosen if passages[i].chunk == passages[best].chunk)
    return [passages[i] for i in [*same, *(i for i in chosen if i not in same)]]


def _precedes(passages: Sequence[Passage], first: int, second: int) -> bool:
    return first >= 0 and passages[first].chunk == passages[second].chunk and passages[first].kind == "sentence"


def _joins(passages: Sequence[Passage], chosen: Sequence[int], candidate: int) -> bool:
    """Tell whether a passage can stand beside the chosen ones: prose that says something further."""
    passage = passages[candidate]
    repeated = any(passage.text in passages[i].text or passages[i].text in passage.text for i in chosen)
    return (
        passage.kind in ("sentence", "item", "definition")
        and not repeated
        and not passage.text.endswith((*ANNOUNCES, "?"))
    )


def _fits(passages: Sequence[Passage], chosen: Sequence[int], candidate: int) -> bool:
    length = sum(len(passages[i].text) + 1 for i in chosen)
    return length + len(passages[candidate].text) <= LONGEST_ANSWER_CHARACTERS


def _fitted(passage: Passage, question_terms: _Terms) -> Passage:
    if len(passage.text) <= LONGEST_ANSWER_CHARACTERS:
        return passage
    return replace(passage, text=shorten(passage.text, LONGEST_ANSWER_CHARACTERS, question_terms.share_in))

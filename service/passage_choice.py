"""Choose the direct answer among the passages of the best chunks: one sentence, a few, a list, a row, or code.

No language model: the best passage is taken as it stands in the notes, with what it needs to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.document import Chunk, Passage
from index.search import Hit, asides, asks_aside
from index.store import Index
from service.companions import LONGEST_ANSWER_CHARACTERS, assemble, fitted, next_code
from service.evidence import Evidence, gather_evidence
from service.passage_scores import Scores, openings_of, score_passages
from service.question_kind import ANNOUNCES, QuestionKind, question_kind
from service.question_terms import QuestionTerms
from service.unknown_names import unknown_names

_READ_CHUNKS = 10
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
    speaking = _that_speak(index, question, read)
    evidence = gather_evidence(speaking, chunks, passages, similarities, question_terms, names)
    return Choice(tuple(_answer(passages, scores, chunks, openings, question_terms, kind)), evidence)


def _that_speak(index: Index, question: str, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Return the hits that can speak for an answer: release notes and the like name everything, and explain nothing.

    Unless they are asked for, or are all that there is.
    """
    aside = asides(index)
    explaining = [] if asks_aside(question) else [hit for hit in hits if not aside[hit.page_row]]
    return explaining or hits


def _answer(
    passages: list[Passage],
    scores: Scores,
    chunks: Mapping[int, Chunk],
    openings: Set[int],
    question_terms: QuestionTerms,
    kind: QuestionKind,
) -> Iterator[Passage]:
    """Yield the passages of the answer; none when not one of them can be brought to its length."""
    best = _best(passages, scores, question_terms)
    if best is None:
        return
    best = _with_code(passages, best, kind)
    if best in openings:
        passages[best] = _named(passages[best], chunks[passages[best].chunk])
    yield from assemble(passages, scores, best, question_terms, kind)


def _best(passages: Sequence[Passage], scores: Scores, question_terms: QuestionTerms) -> int | None:
    """Return the passage with the highest score among those that can be brought to the length of an answer."""
    order = np.argsort(-scores, kind="stable").tolist()
    return next((i for i in order if fitted(passages[i], question_terms).text), None)


def _with_code(passages: Sequence[Passage], best: int, kind: QuestionKind) -> int:
    """Return the code that the best passage announces, where a way to do something is asked for; else the passage."""
    text = passages[best].text
    if not kind.asks_command and not text.endswith(ANNOUNCES):
        return best
    code = next_code(passages, best)
    return best if code is None or not passages[code].text.startswith(text) else code


def _named(opening: Passage, chunk: Chunk) -> Passage:
    """Put its heading before an opening that has no subject of its own ("Returns `true` if the path exists")."""
    text = f"{chunk.headings[-1]}: {opening.text}"
    if len(text) > LONGEST_ANSWER_CHARACTERS or not _NO_SUBJECT.match(opening.text):
        return opening
    return replace(opening, text=text, start_line=chunk.start_line)

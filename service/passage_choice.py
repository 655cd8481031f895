"""Choose the direct answer among the passages of the best chunks: one sentence, a few, or a whole list.

No language model: passages are scored by the same fusion of dense and lexical evidence as chunks, plus the score of the chunk
that holds them, and by whether they look like what the question asks for (a number, a name, a list, a definition).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Passage
from index.analysis import content_terms, terms
from index.search import Hit, fuse
from index.store import Index

LONGEST_ANSWER_CHARACTERS = 300
LONGEST_LIST_CHARACTERS = 420
CHUNK_WEIGHT = 0.6
PASSAGE_DENSE_WEIGHT = 0.6
COMPANION_SHARE = 0.72
"""A further sentence joins the answer when its score is at least this share of the best one's."""
_READ_CHUNKS = 10

_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|single|no)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][\w’'-]+")
_DEPENDENT = re.compile(r"^(?:it|they|this|that|these|those|he|she|its|their|such|here|but|and|so|however|otherwise|then)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(r"\bhow (?:many|much|long|often|old|big|large|far)\b", re.IGNORECASE)
_ASKS_TIME = re.compile(r"^(?:when|(?:in|on) (?:what|which) (?:year|day|date|month)|what (?:year|day|date|month))\b", re.IGNORECASE)
_ASKS_NAME = re.compile(r"^(?:who|whose|whom|where)\b", re.IGNORECASE)
_ASKS_LIST = re.compile(r"^(?:which|what|list|name)\b.*\b(?:are|have|kinds?|types?|phases?|steps?|ways|options|differences?|list|include)\b", re.IGNORECASE)
_ASKS_COMMAND = re.compile(r"^how (?:do|can|to|should|would)\b|\bcommand\b|\bsyntax\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The passages of a direct answer in order of the page, and the evidence behind them."""

    passages: tuple[Passage, ...]
    similarity: float
    """Cosine between the question and its best passage."""
    coverage: float
    """Share of the question's term weight that the best chunk holds, 0 to 1."""


def choose_passages(index: Index, question: str, vector: NDArray[np.float32], hits: Sequence[Hit]) -> Choice:
    """Choose the direct answer for a question among its hits."""
    read = list(hits[:_READ_CHUNKS])
    found = index.passages([hit.row for hit in read])
    weights = _term_weights(index, question)
    if not found:
        return Choice((), 0.0, 0.0)
    passages = [passage for _, passage in found]
    similarities = np.asarray(index.arrays.passage_vectors[[row for row, _ in found]] @ vector, dtype=np.float32)
    lexical = np.asarray([_overlap(weights, passage.text) for passage in passages], dtype=np.float32)
    scores = fuse(similarities, lexical / max(float(lexical.max()), 1e-9), PASSAGE_DENSE_WEIGHT)
    chunk_scores = {hit.row: hit.score for hit in read}
    best_chunk = max(chunk_scores.values())
    scores = scores + CHUNK_WEIGHT * np.asarray([chunk_scores[passage.chunk] / best_chunk for passage in passages], dtype=np.float32)
    scores = scores + np.asarray([_fit(question, passage) for passage in passages], dtype=np.float32)
    chosen = _assemble(passages, scores)
    return Choice(chosen, float(similarities.max()), _coverage(index, weights, read))


def _term_weights(index: Index, question: str) -> dict[str, float]:
    """Return the inverse document frequency of each of the question's terms."""
    count = max(1, index.manifest.chunks)
    found = content_terms(question) or terms(question)
    return {term: math.log(1 + count / (1 + index.chunk_terms.document_frequency(term))) for term in found}


def _overlap(weights: dict[str, float], text: str) -> float:
    held = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in held)


def _coverage(index: Index, weights: dict[str, float], read: Sequence[Hit]) -> float:
    total = sum(weights.values())
    if not total or not read:
        return 0.0
    chunks = index.chunks([hit.row for hit in read[:3]])
    return max(_overlap(weights, " ".join(chunk.headings) + "\n" + chunk.plain) for chunk in chunks) / total


def _fit(question: str, passage: Passage) -> float:
    """Return a small bonus when a passage looks like the kind of thing that is asked for."""
    text, bonus = passage.text, 0.0
    if _ASKS_NUMBER.search(question) or _ASKS_TIME.search(question):
        bonus += 0.12 if _NUMBER.search(text) else -0.05
    if _ASKS_NAME.search(question) and not _NAME.search(text):
        bonus -= 0.08
    if passage.kind == "list":
        bonus += 0.1 if _ASKS_LIST.search(question) else -0.05
    if passage.kind == "code":
        bonus += 0.05 if _ASKS_COMMAND.search(question) else -0.15
    if _DEPENDENT.match(text):
        bonus -= 0.06
    if text.endswith("?"):
        bonus -= 0.3
    if text.endswith(":") or len(text) < 25:
        bonus -= 0.15
    return bonus


def _assemble(passages: Sequence[Passage], scores: NDArray[np.float32]) -> tuple[Passage, ...]:
    """Take the best passage, the sentence before it when it leans on one, and further good ones while there is room."""
    order = [int(i) for i in np.argsort(-scores, kind="stable")]
    best = order[0]
    if passages[best].kind in ("list", "code", "row"):
        return (passages[best],)
    chosen = [best]
    if _DEPENDENT.match(passages[best].text) and _precedes(passages, best - 1, best):
        chosen.insert(0, best - 1)
    for i in order[1:]:
        if scores[i] < COMPANION_SHARE * scores[best] or len(chosen) >= 3:
            break
        if i in chosen or passages[i].kind not in ("sentence", "item") or _repeats(passages, chosen, i):
            continue
        if _length(passages, chosen) + len(passages[i].text) < LONGEST_ANSWER_CHARACTERS:
            chosen.append(i)
    if _length(passages, chosen) > LONGEST_ANSWER_CHARACTERS and len(chosen) > 1:
        chosen = [best]
    first = chosen.index(best)
    same = sorted(i for i in chosen if passages[i].chunk == passages[best].chunk)
    others = [i for i in chosen[first + 1 :] if passages[i].chunk != passages[best].chunk]
    return tuple(passages[i] for i in [*same, *others])


def _precedes(passages: Sequence[Passage], first: int, second: int) -> bool:
    return first >= 0 and passages[first].chunk == passages[second].chunk and passages[first].kind == "sentence"


def _repeats(passages: Sequence[Passage], chosen: Sequence[int], candidate: int) -> bool:
    text = passages[candidate].text
    return any(text in passages[i].text or passages[i].text in text for i in chosen)


def _length(passages: Sequence[Passage], chosen: Sequence[int]) -> int:
    return sum(len(passages[i].text) + 1 for i in chosen)

"""Find the chunks that answer a question: dense and BM25 scores, fused, with the evidence of the whole page.

A chunk's score is a convex fusion of its two scores, each divided by the best of its kind. For the best candidates the
dense score looks at their passages too: the one sentence that answers may stand in a chunk that speaks of much else. To
this come what the page as a whole says (BM25 over the page, the mean of its three best chunks), how many pages link to
it, and where the question is asked from. Weights were chosen over several sets, see docs/retrieval.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from index.analysis import question_terms
from index.embedder import Vectors
from index.store import Index

Scores = NDArray[np.float32]
Scope = Literal["site", "section", "page"]

CANDIDATES = 200
"""Chunks taken from each of the two rankings; more changed no measured result."""
DENSE_WEIGHT = 0.65
PASSAGE_SHARE = 0.2
"""Share of a chunk's best passage in its dense score; the rest is the chunk's own."""
REFINED = 60
"""Candidates whose passages are looked at."""
PAGE_TERMS_WEIGHT = 0.1
PAGE_CHUNKS_WEIGHT = 0.5
LINKS_WEIGHT = 0.2
MANY_LINKS = 50
"""A page that this many others link to has the full prior."""
ASIDE_PENALTY = 0.5
"""For pages about the project itself, which name everything and explain nothing, unless they are asked for."""
_ASIDE = re.compile(
    r"^(?:changes|history)\.\w+$"
    r"|(?:^|/)(?:release[-_ ]?(?:notes?|history)|change[-_ ]?logs?|what(?:-i)?s[-_ ]?new"
    r"|contributing|code[-_ ]of[-_ ]conduct|sponsor(?:s|ship|ing)?)(?:[-_ ]?v?\d[\w.]*)?(?:/|\.\w+$)",
    re.IGNORECASE,
)
_KNOWN_ASIDES: WeakKeyDictionary[Index, NDArray[np.bool_]] = WeakKeyDictionary()
_ASKS_ASIDE = re.compile(
    r"\b(?:versions?|releases?d?|chang(?:e|es|ed|elog)|contribut\w*|sponsor\w*|conduct|new|added|removed|fixed|since|deprecated|\d+\.\d+)\b",
    re.IGNORECASE,
)
_PAGE_CHUNKS = 3
GOAL_WEIGHT = 0.25
ASKED_FROM_PAGE_BONUS = 0.15


@dataclass(frozen=True, slots=True)
class Query:
    """A question as search sees it. `vector` has shape (dimension,) and length 1."""

    text: str
    vector: Vectors
    page: str = ""
    scope: Scope = "site"


class Hit(NamedTuple):
    """A chunk that was found. `similarity` is its cosine; `lexical` its BM25 score divided by the best one."""

    row: int
    page_row: int
    score: float
    similarity: float
    lexical: float


def search(index: Index, query: Query, limit: int, *, exact: bool = False) -> list[Hit]:
    """Return at most `limit` hits, best first, with `exact` without a shortlist. An empty scope or index gives none."""
    rows, similarities, lexical = _candidates(index, query, _allowed_pages(index, query), exact)
    if not len(rows):
        return []
    fused = fuse(_with_passages(index, query, rows, similarities, lexical), lexical)
    pages = index.arrays.chunk_pages[rows]
    scores = (
        fused
        + _page_evidence(index, query, pages, fused)
        + _page_prior(index, query, pages)
        + _asked_from(index, query, pages)
    )
    best = np.argsort(-scores, kind="stable")[:limit]
    return list(map(Hit, *(values[best].tolist() for values in (rows, pages, scores, similarities, lexical))))


def fuse(similarities: Scores, lexical: Scores, dense_weight: float = DENSE_WEIGHT) -> Scores:
    """Return the convex fusion of cosines and of BM25 scores that are already divided by their best."""
    best = float(similarities.max(initial=0.0))
    dense = np.maximum(similarities, 0) / best if best > 0 else np.zeros_like(similarities)
    return np.asarray(dense_weight * dense + (1 - dense_weight) * lexical, dtype=np.float32)


def _with_passages(
    index: Index, query: Query, rows: NDArray[np.int64], similarities: Scores, lexical: Scores
) -> Scores:
    """Return dense scores that take the best passage of the best candidates into account."""
    best = np.argsort(-fuse(similarities, lexical), kind="stable")[:REFINED]
    starts = index.arrays.passage_starts
    counts = starts[rows[best] + 1] - starts[rows[best]]
    ends = np.cumsum(counts)
    passages = np.arange(counts.sum()) + np.repeat(starts[rows[best]] - (ends - counts), counts)
    # A chunk without passages (bare code) and a candidate that is not looked at stand as if their best passage were a
    # little below them.
    strongest = similarities * np.float32(0.9)
    if len(passages):
        of_passages = index.arrays.passage_vectors.cosines(passages, query.vector)
        strongest[best[counts > 0]] = np.maximum.reduceat(of_passages, (ends - counts)[counts > 0])
    return np.asarray((1 - PASSAGE_SHARE) * similarities + PASSAGE_SHARE * strongest, dtype=np.float32)


def _candidates(
    index: Index, query: Query, pages: Sequence[int] | None, exact: bool
) -> tuple[NDArray[np.int64], Scores, Scores]:
    """Return rows with their cosine and normalised BM25 score: the best of either ranking, of these pages if named."""
    vectors = index.arrays.chunk_vectors
    among = None if pages is None else index.chunk_rows(pages)
    dense_rows = vectors.nearest(query.vector, CANDIDATES, among, exact=exact)
    lexical_rows, lexical_scores = _lexical(index, query.text, pages)
    rows = _distinct(np.concatenate((dense_rows, lexical_rows)))
    lexical = np.zeros(len(rows), dtype=np.float32)
    if len(lexical_rows):
        lexical[np.searchsorted(rows, lexical_rows)] = lexical_scores / lexical_scores.max()
    return rows, vectors.cosines(rows, query.vector), lexical


def _lexical(index: Index, text: str, pages: Sequence[int] | None) -> tuple[NDArray[np.int64], Scores]:
    bodies = None if pages is None else index.arrays.page_bodies[pages].tolist()
    return index.chunk_terms.search(question_terms(text), CANDIDATES, bodies)


def _distinct(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows in order, each once; numpy's own takes several times as long for a few hundred."""
    rows = np.sort(rows)
    return np.asarray(rows[np.diff(rows, prepend=-1) != 0])


def _page_evidence(index: Index, query: Query, pages: NDArray[np.int32], fused: Scores) -> Scores:
    """Return for each candidate what its page as a whole adds."""
    rows, page_scores = index.page_terms.search(question_terms(query.text), CANDIDATES)
    by_terms = np.zeros(len(index.pages()))
    by_terms[rows] = page_scores / page_scores.max(initial=1e-9)
    order = np.lexsort((-fused, pages))
    first = np.flatnonzero(np.diff(pages[order], prepend=-1))
    unique, counts = pages[order][first], np.diff(first, append=len(order))
    rank_in_page = np.arange(len(order)) - np.repeat(first, counts)
    top = np.add.reduceat(np.where(rank_in_page < _PAGE_CHUNKS, fused[order], np.float32(0)), first)
    starts = index.arrays.chunk_starts
    means = top.astype(np.float64) / np.minimum(_PAGE_CHUNKS, starts[unique + 1] - starts[unique])
    evidence = PAGE_TERMS_WEIGHT * by_terms[unique] + PAGE_CHUNKS_WEIGHT * means
    return np.asarray(evidence[np.searchsorted(unique, pages)], dtype=np.float32)


def _page_prior(index: Index, query: Query, pages: NDArray[np.int32]) -> Scores:
    """Return what a page is worth for any question: more when many link to it, less when it is about the project."""
    links = index.arrays.page_links[pages]
    prior = LINKS_WEIGHT * np.minimum(np.log1p(links) / np.log1p(MANY_LINKS), 1)
    if not asks_aside(query.text):
        prior = prior - ASIDE_PENALTY * asides(index)[pages]
    return np.asarray(prior, dtype=np.float32)


def asks_aside(text: str) -> bool:
    """Tell whether a question asks for what stands on pages about the project itself."""
    return _ASKS_ASIDE.search(text) is not None


def asides(index: Index) -> NDArray[np.bool_]:
    """Return which pages are about the project itself, shape (pages,)."""
    if index not in _KNOWN_ASIDES:
        _KNOWN_ASIDES[index] = np.asarray([_ASIDE.search(page.path) is not None for page in index.pages()])
    return _KNOWN_ASIDES[index]


def _asked_from(index: Index, query: Query, pages: NDArray[np.int32]) -> Scores:
    row = index.page_row(query.page) if query.page else None
    if row is None:
        return np.zeros(len(pages), dtype=np.float32)
    return np.where(pages == row, ASKED_FROM_PAGE_BONUS, 0).astype(np.float32)


def _allowed_pages(index: Index, query: Query) -> Sequence[int] | None:
    """Return the pages that the scope admits, or None when all are; around a page that is not there, none are."""
    if query.scope == "site":
        return None
    row = index.page_row(query.page)
    if row is None:
        return []
    return [row] if query.scope == "page" else _section_rows(index, row)


def _section_rows(index: Index, row: int) -> Sequence[int]:
    """Return the pages under the same headings of the table of contents, or else in the same folder."""
    page = index.pages()[row]
    folder = page.path.rpartition("/")[0]
    if page.groups:
        return [i for i, other in enumerate(index.pages()) if other.groups == page.groups]
    return [i for i, other in enumerate(index.pages()) if other.path.rpartition("/")[0] == folder]

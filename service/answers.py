"""The value objects of a question and its answer, before they become JSON or Markdown.

They mirror the HTTP contract field by field; `schemas.py` turns them into the wire form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.document import Example

Scope = Literal["site", "section", "page"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and where the asker stands."""

    text: str
    goal: str = ""
    """What the asker wants to reach in the end: a weak second query."""
    page: str = ""
    """Path of the page the asker is on (`guide/tasks.md`): a soft prior, or a filter with `scope`."""
    scope: Scope = "site"
    limit: int = 5
    """Number of excerpts, 1 to 20."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Which excerpt (by rank) and which lines a part of the answer was taken from."""

    excerpt: int
    page: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class DirectAnswer:
    """At most about 300 characters, taken from the notes."""

    text: str
    citations: tuple[Citation, ...]
    kind: Literal["extractive", "generated"] = "extractive"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A chunk of the notes as it stands in the file."""

    rank: int
    id: str
    page: str
    title: str
    headings: tuple[str, ...]
    url: str
    """`/guide/tasks#anchor`."""
    start_line: int
    end_line: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Source:
    """A page that the answer or its excerpts come from; when nothing was found, a page that is near."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that the notes can answer next."""

    question: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All that the notes say to one question; the runs of the examples are looked up separately."""

    question: Question
    answered: bool
    confidence: float
    """Calibrated probability, 0 to 1, that the notes answer the question."""
    reason: str
    """Why there is no direct answer; empty when there is one."""
    direct: DirectAnswer | None
    excerpts: tuple[Excerpt, ...]
    examples: tuple[Example, ...]
    sources: tuple[Source, ...]
    follow_ups: tuple[FollowUp, ...]

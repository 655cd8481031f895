"""See from a question's words what kind of thing would answer it, and whether a passage looks like that kind.

Small bonuses only: they decide between passages that are about equally near in meaning. English question words; for
other languages the bonuses are silent and the rest of the evidence decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.document import Passage, PassageKind
from corpus.passages import leans_on_context

_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|often|old|big|large|far|fast)\b|\bwhat (?:number|percentage|size)\b", re.IGNORECASE
)
_ASKS_TIME = re.compile(
    r"^(?:when\b|(?:in|on|at) (?:what|which) (?:year|day|date|month|time)|what (?:year|day|date|month|time)\b)",
    re.IGNORECASE,
)
_ASKS_PERSON = re.compile(r"^(?:who|whose|whom)\b", re.IGNORECASE)
_ASKS_PLACE = re.compile(
    r"^(?:where\b|(?:in|at) (?:what|which) (?:city|country|place|town|state|file|folder)\b)", re.IGNORECASE
)
_ASKS_LIST = re.compile(
    r"^(?:which|what|list|name)\b.*\b(?:are|have|kinds?|types?|phases?|steps?|ways|options|differences?|list|include|states?)\b",
    re.IGNORECASE,
)
_ASKS_DEFAULT = re.compile(r"\bdefaults?\b", re.IGNORECASE)
_ASKS_COMMAND = re.compile(
    r"^how (?:(?:do|can|could|should|would|must) (?:i|you|we|one|someone)\b|to\b)|\bcommand\b|\bsyntax\b", re.IGNORECASE
)
_ASKS_DEFINITION = re.compile(r"^(?:what (?:is|are|does|do)|what['’]s|define|explain|describe)\b", re.IGNORECASE)

_NUMBER = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|single|no)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:1\d{3}|20\d{2}|\d{1,2}(?:st|nd|rd|th)|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|century|days?|weeks?|months?|years?|hours?|minutes?|seconds?"
    r"|before|after|during|until|once|when|as soon as)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]+")
_PLACE = re.compile(r"(?<=\s)(?:[A-Z][\w’'-]+|`[^`]+`)")
_DEFAULT = re.compile(
    r"\bdefault(?:s|ed|ing)?\b.{0,60}?(?:\d[\d.,_]*|`[^`]+`|'[^']*'|\"[^\"]*\"|\[\]|\{\}|\b(?:true|false|none|null|undefined)\b)",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_COMPARISON = re.compile(
    r"\b(?:vs\.?|versus|differ(?:s|ent|ences?)?|compar(?:e|ed|es|ing|ison))(?!\w)", re.IGNORECASE
)
_DENIES = re.compile(r"\b(?:not|cannot|never)\b|n['’]t\b", re.IGNORECASE)
_OPENING_CHARACTERS = 80
"""A denial further on limits what was said rather than denies it."""
_CODE = re.compile(r"`[^`]*`|\{[^{}]*\}|<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TREE = re.compile(r"^[\s│|]*[├└]", re.MULTILINE)
_ASKS_TREE = re.compile(
    r"\b(?:structured?|layout|director(?:y|ies)|folders?|tree|organi[sz]ed?|where)\b", re.IGNORECASE
)
ANNOUNCES = (":", "：", "...", "…")
_POINTS_ELSEWHERE = re.compile(
    r"^(?:- )?(?:for (?:more|further|additional|full)\b|see\b|refer to\b|click\b|check out\b"
    r"|(?:read|learn|find out) (?:more|about|how)\b"
    r"|read (?:the|our) .{0,80}(?:reference|documentation|docs|guide|tutorial)\b)"
    r"|^this (?:page|section|guide|document|article)\b"
    r"|\b(?:see|refer to|found|described|listed|available|documented|explained)\b[^.]{0,60}"
    r"\b(?:here|below|above|guide|documentation|docs)\b",
    re.IGNORECASE,
)

_SOUGHT = (
    (_ASKS_DEFAULT, _DEFAULT),
    (_ASKS_NUMBER, _NUMBER),
    (_ASKS_TIME, _TIME),
    (_ASKS_PERSON, _NAME),
    (_ASKS_PLACE, _PLACE),
)

_SOUGHT_BONUS = 0.12
_SHORTEST_STATEMENT_CHARACTERS = 25


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """What a question asks for."""

    text: str
    sought: re.Pattern[str] | None
    """What the answer must contain beyond the question's own words."""
    asks_list: bool
    asks_command: bool
    asks_definition: bool
    asks_comparison: bool
    denies: bool


def question_kind(question: str) -> QuestionKind:
    """Read the kind off a question's words."""
    text = question.strip()
    asks_command = bool(_ASKS_COMMAND.search(text))
    # "How do I limit how many tasks run?" asks for a way, not for a number.
    sought = None if asks_command else next((pattern for asks, pattern in _SOUGHT if asks.search(text)), None)
    return QuestionKind(
        text.lower(),
        sought,
        bool(_ASKS_LIST.search(text)),
        asks_command,
        bool(_ASKS_DEFINITION.search(text)),
        bool(_ASKS_COMPARISON.search(text)),
        bool(_DENIES.search(text)),
    )


def fit(kind: QuestionKind, passage: Passage) -> float:
    """Return the bonus, positive or negative, of a passage for a kind of question; scores are between 0 and about 2."""
    bonus = 0.0
    if kind.sought is not None:
        bonus += _SOUGHT_BONUS if _holds_new(kind, passage.text) else -_SOUGHT_BONUS / 2
    if passage.kind == "list":
        bonus += 0.1 if kind.asks_list else -0.05
    if passage.kind == "code":
        bonus += 0.15 if kind.asks_command else -0.15
    if kind.asks_command and not kind.denies and _begins_with_denial(passage.text):
        bonus -= 0.15
    if passage.kind == "code" and draws_tree(passage.text) and not _ASKS_TREE.search(kind.text):
        bonus -= 0.3
    if kind.asks_comparison and passage.kind == "row":
        bonus -= 0.15  # its header names both sides, whatever the row is about
    return bonus + _looks(passage.text, passage.kind)


def draws_tree(code: str) -> bool:
    """Tell whether code is none, but a drawing of folders: it shows where things are and not how they are done."""
    return _TREE.search(code) is not None


@lru_cache(maxsize=16_384)
def _begins_with_denial(text: str) -> bool:
    return _DENIES.search(text[:_OPENING_CHARACTERS]) is not None


@lru_cache(maxsize=16_384)  # the same passages are looked at for question after question
def _looks(text: str, kind: PassageKind) -> float:
    """Return what a passage loses, whatever is asked, for not looking like a statement."""
    loss = 0.0
    if leans_on_context(text) or text[:1].islower() or text.startswith(("...", "…")):
        loss -= 0.06
    if points_elsewhere(text):
        loss -= 0.2
    if text.endswith("?"):
        loss -= 0.3
    if text.endswith(ANNOUNCES) or len(text) < _SHORTEST_STATEMENT_CHARACTERS:
        loss -= 0.15
    if kind in ("item", "list") and not _WORD.search(_CODE.sub("", text)):
        loss -= 0.15
    return loss


@lru_cache(maxsize=16_384)
def points_elsewhere(text: str) -> bool:
    """Tell whether a passage only says where something else can be read."""
    return _POINTS_ELSEWHERE.search(text) is not None


def _holds_new(kind: QuestionKind, text: str) -> bool:
    """Tell whether a text has what is sought in words that the question does not have itself."""
    return kind.sought is not None and any(
        match.group().lower().strip("`") not in kind.text for match in kind.sought.finditer(text)
    )

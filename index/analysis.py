"""Cut text into the terms that lexical search compares: stemmed words, and identifiers whole as well as in parts.

`asyncio.gather`, `map_batches`, `BaseModel` and `--no-build` are found by the whole name and, with less weight, by
their words.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import Stemmer

ANALYSIS_VERSION = 2
"""Raise it when the same text would give other terms: an index of another version is rebuilt."""
LONGEST_TERM = 64

_TOKEN = re.compile(r"[^\W_]+(?:[._'’:/\-]+[^\W_]+|_+)*", re.UNICODE)
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_APOSTROPHE = re.compile(r"['’](?:s|t|re|ve|ll|d|m)?$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts without blanks between words: each pair of neighbouring characters is a term."""

STOP_WORDS = frozenset(
    """
    a an the is are was were be been being do does did doing have has had i you he she it we they me my your our
    their its this that these those of to in on at by for with from as into about and or but if then else so than
    what which who whom whose when where why how can could should would will shall may might must not no there
    here any some all us them am just also very too over under between again further once both each few more most
    other such only own same now many much use using used need want like way best
    """.split()
)

_stemmers = threading.local()


def terms(text: str) -> list[str]:
    """Return the index terms of a text in order, stop words included (their weight is small by frequency)."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        found.extend(_token_terms(match.group()))
    return found


@lru_cache(maxsize=16_384)  # about a kilobyte each
def term_set(text: str) -> frozenset[str]:
    """Return the terms that a text holds; those of recent texts are kept, since answers are chosen among few."""
    return frozenset(terms(text))


def content_terms(text: str) -> list[str]:
    """Return the terms of a question that say what it is about: no stop words, no repetition."""
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(text):
        if match.group().lower() not in STOP_WORDS:
            found.update(dict.fromkeys(_token_terms(match.group())))
    return list(found)


@lru_cache(maxsize=256)  # each step of an answer asks
def question_terms(text: str) -> tuple[str, ...]:
    """Return what to look for: the content terms of a question, or all its terms when it has none."""
    return tuple(content_terms(text) or terms(text))


@lru_cache(maxsize=65536)
def _token_terms(token: str) -> tuple[str, ...]:
    if _CJK.search(token):
        return _mixed_terms(token)
    token = _APOSTROPHE.sub("", token)[:LONGEST_TERM]
    parts = _PARTS.findall(token)
    if len(parts) < 2:
        return (_stem(token.lower()),)
    if token.isalpha() and not _CAMEL.search(token):
        return (_stem(token.lower()),)
    whole = token.lower()
    return (whole, *(_stem(part.lower()) for part in parts if len(part) > 1))


def _mixed_terms(token: str) -> tuple[str, ...]:
    found: list[str] = []
    start = 0
    for run in _CJK.finditer(token):
        found += terms(token[start : run.start()])
        found += [run[0][i : i + 2] for i in range(max(1, len(run[0]) - 1))]
        start = run.end()
    return (*found, *terms(token[start:]))


def _stem(word: str) -> str:
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    return str(stemmer.stemWord(word))

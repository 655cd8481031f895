"""Find the names in a question that the notes never use: asked about asyncio with Django, notes that know no Django do
not hold the answer, however near they come.

A name is written with a capital in the middle of a sentence, or like an identifier; or it is what the question combines
its subject with ("with django", or at its end "in rust"). One that is only spelled otherwise in what was found
(`Superbowl`, `Maastrich`) is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from corpus.document import Chunk
from index.analysis import STOP_WORDS, terms
from index.store import Index

_NAME = re.compile(r"[^\W_](?:[\w.'’/-]{0,62}[^\W_])?")
"""What of a word can be a name: nothing that a page or a terminal takes for more than letters."""
_SENTENCE_END = (".", "?", "!", ":", "…")
_COMBINES = frozenset({"with", "using", "via", "vs", "vs.", "versus"})
_COMBINES_LAST = frozenset({"in", "on", "from", "into", "to", "for"})
_ARTICLES = frozenset({"a", "an", "the"})
_NEVER_NAMES = frozenset(
    """
    another certain different existing multiple other several similar single various two three four five
    advance charge demand depth detail example free full general instance parallel particular practice purpose
    scratch sequence short theory time total turn
    """.split()
)
"""What says how many or which after "with", and in which manner at the end of a question after "in", "on" or "for"."""
_ABBREVIATION = re.compile(r"(?:\w\.)+\w")
"""`e.g` and `a.m`, which are written like identifiers."""
_IDENTIFIER = re.compile(r"\w[A-Z]|\w[._]\w")
_WORD = re.compile(r"[^\W_]+")
_NOT_WORDS = re.compile(r"[\W_]+")
_SHORTEST_RUN_TOGETHER = 4
_SHORTEST_MISSPELLED = 5
_LENGTHS_APART = 3
MOST_COMPARED = 12
"""Names that are looked for in other spellings; who asks about more unknown ones has not misspelled them all."""
READ_CHARACTERS = 4_000
"""Of each chunk that was found: only code is longer, up to megabytes."""
_ALIKE = 0.65
"""Share of the pairs of letters that two spellings of one name have in common."""


def unknown_names(index: Index, question: str, found: Iterable[Chunk]) -> tuple[str, ...]:
    """Return the names that no chunk of the notes uses, unless one that was found spells it nearly so."""
    unknown = [name for name in dict.fromkeys(_names(question)) if _is_unused(index, name)]
    if not unknown:
        return ()
    text = " ".join(f"{' '.join(chunk.headings)} {chunk.plain}"[:READ_CHARACTERS] for chunk in found).lower()
    words, run_together = set(_WORD.findall(text)), _NOT_WORDS.sub("", text)
    compared, others = unknown[:MOST_COMPARED], unknown[MOST_COMPARED:]
    return (*(name for name in compared if not _is_spelled_otherwise(name.lower(), words, run_together)), *others)


def _names(question: str) -> Iterator[str]:
    words = question.split()
    begins, before = True, ""
    for position, word in enumerate(words, start=1):
        match = _NAME.search(word)
        combined = before in _COMBINES or (before in _COMBINES_LAST and position == len(words))
        if match and _can_be_name(match[0]) and (combined or _is_written_as_name(match[0], begins)):
            yield match[0]
        begins = word.endswith(_SENTENCE_END)
        before = before if word.lower() in _ARTICLES else word.lower()


def _can_be_name(word: str) -> bool:
    """Tell whether a word says something and is of a script with capitals; in others, blanks part no words either."""
    caseless = any(letter.isalpha() and letter.lower() == letter.upper() for letter in word)
    common = word.lower() in STOP_WORDS or word.lower() in _NEVER_NAMES or _ABBREVIATION.fullmatch(word)
    return not common and not caseless


def _is_written_as_name(word: str, begins: bool) -> bool:
    return bool(_IDENTIFIER.search(word)) or (word[0].isupper() and not begins)


def _is_unused(index: Index, name: str) -> bool:
    """Tell whether the notes have neither the whole name nor all words that it is made of."""
    whole, *parts = terms(name) or [""]
    unused = [part for part in parts or [whole] if not part.isdigit() and not _uses(index, part)]
    return bool(unused) and not _uses(index, whole)


def _uses(index: Index, term: str) -> bool:
    """Tell whether the notes use a term; what says nothing ("I", from "I'm") counts as used."""
    return len(term) < 2 or term in STOP_WORDS or index.chunk_terms.document_frequency(term) > 0


def _is_spelled_otherwise(name: str, words: Iterable[str], run_together: str) -> bool:
    if len(name) >= _SHORTEST_RUN_TOGETHER and name in run_together:
        return True
    near = (word for word in words if abs(len(word) - len(name)) <= _LENGTHS_APART)
    return len(name) >= _SHORTEST_MISSPELLED and any(_alike(name, word) >= _ALIKE for word in near)


def _alike(first: str, second: str) -> float:
    """Return the Dice coefficient of two words' pairs of neighbouring letters."""
    pairs, others = _pairs(first), _pairs(second)
    return 2 * len(pairs & others) / max(len(pairs) + len(others), 1)


@lru_cache(maxsize=16_384)  # the words of the notes come again and again
def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))

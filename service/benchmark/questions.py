"""Distinct questions made from the notes themselves, so that any notes can be measured.

Half ask for a heading, half say a sentence's beginning: the words of the notes, in the lengths that people type. They
are drawn by a fixed seed, so that two runs over the same notes ask the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from index.store import Index

_SEED = 7
_SENTENCE_WORDS = 12
_CHUNKS_READ = 2_000
_FORMS = ("What do the notes say about {}?", "How does {} work?", "When should I use {}?", "{} example")
"""A small folder has few headings: each can be asked for in several ways."""


class Questions:
    """Hands out questions, none twice."""

    def __init__(self, index: Index) -> None:
        """Read headings and sentences of the notes, of large notes only a part."""
        self._made = _made_from(index)

    def take(self, count: int) -> list[str]:
        """Return so many questions that were not handed out before."""
        return [next(self._made) for _ in range(count)]


def _made_from(index: Index) -> Iterator[str]:
    """Yield the questions in a drawn order; when the notes give no more, begin again with a number at the end."""
    texts = _texts(index)
    random.Random(_SEED).shuffle(texts)  # noqa: S311  (not for secrets)
    yield from texts
    number = 2
    while True:
        yield from (f"{text} ({number})" for text in texts)
        number += 1


def _texts(index: Index) -> list[str]:
    rows = list(range(index.manifest.chunks))
    rows = random.Random(_SEED).sample(rows, min(len(rows), _CHUNKS_READ))  # noqa: S311
    headings = dict.fromkeys(chunk.headings[-1] for chunk in index.chunks(rows) if chunk.headings)
    asked = [form.format(heading) for form in _FORMS for heading in headings]
    said = [" ".join(passage.text.split()[:_SENTENCE_WORDS]) for _, passage in index.passages(rows)]
    return list(dict.fromkeys([*asked, *said])) or ["What do the notes say?"]

"""The texts that vectors are made of and terms are taken from. `VECTORS_VERSION` tells one recipe from the next."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.document import Chunk, Document, Passage
from corpus.passages import leans_on_context
from index.analysis import terms

VECTORS_VERSION = 1
"""Raise it when the same text would give another vector: vectors of another version are not reused."""


def chunk_input(chunk: Chunk) -> str:
    """Return the text that a chunk's vector is made of: its breadcrumb, then its words."""
    return " > ".join(chunk.headings) + "\n" + chunk.plain.replace("`", "")


def passage_inputs(passages: Sequence[Passage]) -> list[str]:
    """Return the texts that passages' vectors are made of.

    One that points back ("It returns …") with the sentence before it.
    """
    inputs = []
    previous: Passage | None = None
    for passage in passages:
        follows = previous is not None and previous.chunk == passage.chunk and leans_on_context(passage.text)
        text = f"{previous.text} {passage.text}" if previous is not None and follows else passage.text
        inputs.append(text.replace("`", ""))
        previous = passage
    return inputs


def chunk_terms(chunk: Chunk) -> list[str]:
    """Headings and words in one field: in a field of their own, short headings outweigh what a chunk says."""
    return terms(" ".join(chunk.headings)) + terms(chunk.plain)


def page_headings(document: Document) -> tuple[str, ...]:
    """Return all headings of a page, each once."""
    return tuple({heading: None for section in document.sections for heading in section.headings})


def page_terms(title: str, headings: Sequence[str], chunks: Sequence[Chunk]) -> list[str]:
    """Return the terms of a page as a whole."""
    return terms("\n".join([title, *headings, *(chunk.plain for chunk in chunks)]))

"""Cut sections into chunks: whole blocks of one section, near the length that the embedding model reads in full.

A chunk never mixes sections and never splits a code fence; a fence that is longer than the wished length is a chunk of its own, oversize.
Lines longer than a chunk are cut inside the line, so that no excerpt is a megabyte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.agent_lines import agent_line_ranges
from corpus.blocks import Block, page_blocks, split_block
from corpus.document import Chunk, Section
from corpus.markdown import ParsedPage
from corpus.sections import section_at

CHUNKER_VERSION = 1
"""Raise it when the same page would be cut differently: an index of another version is rebuilt."""
WISHED_CHARACTERS = 1000
"""About 230 word pieces: all-MiniLM-L6-v2 reads 256 and ignores the rest."""
LONGEST_LINE_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class _Piece:
    start_line: int
    end_line: int
    plain: str
    kind: str
    text: str | None = None
    """Set only when the piece is a part of one line."""


def page_chunks(parsed: ParsedPage, sections: Sequence[Section], *, wished_characters: int = WISHED_CHARACTERS) -> tuple[Chunk, ...]:
    """Return the page's chunks in order. A page without any text gives none."""
    skipped = agent_line_ranges(parsed.tokens)
    by_section: dict[int, list[Block]] = {}
    for block in page_blocks(parsed):
        if any(start < block.start_line <= end for start, end in skipped):
            continue
        section = section_at(sections, block.start_line)
        if section is not None:
            by_section.setdefault(sections.index(section), []).append(block)
    seen: dict[str, int] = {}
    chunks: list[Chunk] = []
    for position, blocks in by_section.items():
        for pieces in _groups(parsed, blocks, wished_characters):
            chunks.append(_chunk(parsed, sections[position], pieces, seen))
    return tuple(chunks) if any(chunk.plain for chunk in chunks) else ()


def _groups(parsed: ParsedPage, blocks: Sequence[Block], wished_characters: int) -> Iterator[list[_Piece]]:
    """Gather a section's pieces up to the wished length; a heading alone is no chunk unless the section has nothing else."""
    group: list[_Piece] = []
    length = 0
    for piece in _pieces(parsed, blocks, wished_characters):
        full = length + len(piece.plain) > wished_characters and any(p.plain and p.kind != "heading" for p in group)
        if group and (full or piece.text is not None or group[-1].text is not None):
            yield group
            group, length = [], 0
        group.append(piece)
        length += len(piece.plain)
    if any(piece.kind not in ("heading", "hr", "directive") for piece in group):
        yield group


def _pieces(parsed: ParsedPage, blocks: Sequence[Block], wished_characters: int) -> Iterator[_Piece]:
    for block in blocks:
        plain = block.plain
        parts = [block] if len(plain) <= wished_characters else split_block(parsed, block)
        for part in parts:
            yield from _located(parsed, part)


def _located(parsed: ParsedPage, block: Block) -> Iterator[_Piece]:
    text = parsed.verbatim(block.start_line, block.end_line)
    if block.start_line < block.end_line or block.kind == "fence" or len(text) <= LONGEST_LINE_CHARACTERS:
        yield _Piece(block.start_line, block.end_line, block.plain, block.kind)
        return
    for start in range(0, len(text), LONGEST_LINE_CHARACTERS):
        part = text[start : start + LONGEST_LINE_CHARACTERS]
        yield _Piece(block.start_line, block.end_line, part, block.kind, part)


def _chunk(parsed: ParsedPage, section: Section, pieces: Sequence[_Piece], seen: dict[str, int]) -> Chunk:
    start_line, end_line = pieces[0].start_line, max(piece.end_line for piece in pieces)
    text = pieces[0].text
    if text is None:
        while end_line > start_line and not parsed.lines[end_line - 1].strip():
            end_line -= 1
        text = parsed.verbatim(start_line, end_line)
    plain = "\n".join(piece.plain for piece in pieces if piece.plain and piece.kind != "heading")
    key = "\0".join((section.path, *section.headings, text))
    seen[key] = seen.get(key, 0) + 1
    digest = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return Chunk(section.path, section.headings, section.anchor, start_line, end_line, text, plain, digest)

"""Cut sections into chunks: whole blocks of one section, near the length that the embedding model reads in full.

A chunk never mixes sections and never splits a code fence; a fence that is longer than the wished length is a chunk
of its own, oversize. Lines longer than a chunk are cut inside the line, so that no excerpt is a megabyte.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.agent_lines import agent_line_ranges
from corpus.blocks import Block, Standing, leaves_fence_open, loose_blocks, page_blocks, split_block, split_container
from corpus.document import Chunk, Section
from corpus.markdown import ParsedPage, is_mdx
from corpus.sections import section_at

CHUNKER_VERSION = 4
"""Raise it when the same page would be cut differently: an index of another version is rebuilt."""
WISHED_CHARACTERS = 1000
"""About 230 word pieces: all-MiniLM-L6-v2 reads 256 and ignores the rest."""
LONGEST_LINE_CHARACTERS = 4000
LONGEST_CHUNK_CHARACTERS = 16_000
"""Of Markdown; only a code block may be longer."""
_SILENT = frozenset({"heading", "hr", "directive", "module_lines"})


@dataclass(frozen=True, slots=True)
class _Piece:
    start_line: int
    end_line: int
    plain: str
    kind: str
    standing: Standing
    text: str | None = None
    """Set only when the piece is a part of one line."""

    @property
    def alone(self) -> bool:
        return self.standing == "alone" or self.text is not None


def page_chunks(
    parsed: ParsedPage, sections: Sequence[Section], *, wished_characters: int = WISHED_CHARACTERS
) -> tuple[Chunk, ...]:
    """Return the page's chunks in order. A page without any text gives none."""
    seen: dict[str, int] = {}
    chunks = [
        _chunk(parsed, section, pieces, seen)
        for section, blocks in _runs(parsed, sections)
        for pieces in _groups(parsed, blocks, wished_characters)
    ]
    return tuple(chunks) if any(chunk.plain for chunk in chunks) else ()


def _runs(parsed: ParsedPage, sections: Sequence[Section]) -> Iterator[tuple[Section, list[Block]]]:
    """Yield the blocks of each section; agent instructions in its midst cut it in two."""
    cuts = sorted(start for start, _ in agent_line_ranges(parsed.tokens))

    def place(block: Block) -> tuple[Section | None, int]:
        return section_at(sections, block.start_line), bisect_left(cuts, block.start_line)

    for (section, _), blocks in groupby(page_blocks(parsed), key=place):
        if section is not None:
            yield section, list(blocks)


def _groups(parsed: ParsedPage, blocks: Sequence[Block], wished_characters: int) -> Iterator[list[_Piece]]:
    """Gather a section's pieces up to the wished length; what has no text, as a heading alone, is no chunk."""
    for group in _gathered(parsed, blocks, wished_characters):
        for part in _balanced(parsed, group):
            if any(piece.kind not in _SILENT for piece in part):
                yield part


def _gathered(parsed: ParsedPage, blocks: Sequence[Block], wished_characters: int) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    words = characters = 0
    has_text = has_words = False
    for piece in _pieces(parsed, blocks, wished_characters):
        size = _characters(parsed, piece)
        wordy = has_words and words + len(piece.plain) > wished_characters
        bulky = has_text and characters + size > LONGEST_CHUNK_CHARACTERS
        if group and (wordy or bulky or piece.alone or group[-1].alone):
            yield group
            group, words, characters, has_text, has_words = [], 0, 0, False, False
        group.append(piece)
        words, characters = words + len(piece.plain), characters + size
        has_text = has_text or piece.kind not in _SILENT
        has_words = has_words or (bool(piece.plain) and piece.kind not in _SILENT)
    if group:
        yield group


def _balanced(parsed: ParsedPage, group: list[_Piece]) -> list[list[_Piece]]:
    """Return the group, or its pieces one by one where together they would leave a code fence open."""
    whole = all(piece.standing == "whole" and piece.text is None for piece in group)
    # A rule that opens an excerpt could open front matter, and MDX reads as other Markdown does not.
    natural = whole and group[0].kind != "hr" and not is_mdx(parsed.page)
    if natural or not leaves_fence_open(_text(parsed, group)):
        return [group]
    return [[piece] for piece in group if not leaves_fence_open(_text(parsed, [piece]))]


def _pieces(parsed: ParsedPage, blocks: Sequence[Block], wished_characters: int) -> Iterator[_Piece]:
    for block in blocks:
        for part in _parts(parsed, block, wished_characters):
            yield from _located(parsed, part)


def _parts(parsed: ParsedPage, block: Block, wished_characters: int) -> Iterator[Block]:
    """Take a long block apart at its items, rows or lines, and what is still very long at its inner blocks."""
    if len(block.plain) <= wished_characters and _characters(parsed, block) <= LONGEST_CHUNK_CHARACTERS:
        yield block
        return
    for part in split_block(parsed, block):
        if _characters(parsed, part) <= LONGEST_LINE_CHARACTERS:
            yield part
            continue
        inner = split_container(parsed, part)
        if inner == [part]:
            yield from _last_resort(parsed, part)
        else:
            for inside in inner:
                yield from _parts(parsed, inside, wished_characters)


def _last_resort(parsed: ParsedPage, block: Block) -> list[Block]:
    """Cut at any line what has no blocks inside and is no code: markup that is nested too deeply to be read."""
    too_long = _characters(parsed, block) > LONGEST_CHUNK_CHARACTERS and block.end_line > block.start_line
    return loose_blocks(parsed, block) if too_long and not block.is_code else [block]


def _characters(parsed: ParsedPage, block: Block | _Piece) -> int:
    return sum(map(len, parsed.lines[block.start_line - 1 : block.end_line]))


def _located(parsed: ParsedPage, block: Block) -> Iterator[_Piece]:
    text = parsed.verbatim(block.start_line, block.end_line)
    if block.start_line < block.end_line or block.kind == "fence" or len(text) <= LONGEST_LINE_CHARACTERS:
        yield _Piece(block.start_line, block.end_line, block.plain, block.kind, block.standing)
        return
    # A long line of few words holds an image or the like as text: its beginning is enough.
    parts = list(_line_parts(text))[: 1 if len(block.plain) <= LONGEST_LINE_CHARACTERS else None]
    for part in parts:
        yield _Piece(block.start_line, block.end_line, part, block.kind, block.standing, part)


def _line_parts(line: str) -> Iterator[str]:
    """Cut a line between two words where it can be, and at the longest length where not."""
    start = 0
    while start < len(line):
        end = start + LONGEST_LINE_CHARACTERS
        if end < len(line):
            end = line.rfind(" ", start + LONGEST_LINE_CHARACTERS // 2, end) + 1 or end
        yield line[start:end]
        start = end


def _text(parsed: ParsedPage, pieces: Sequence[_Piece]) -> str:
    """Return the file's own text from the first piece to the last, without blank lines at its end."""
    if pieces[0].text is not None:
        return pieces[0].text
    return parsed.verbatim(pieces[0].start_line, _end_line(parsed, pieces))


def _end_line(parsed: ParsedPage, pieces: Sequence[_Piece]) -> int:
    return parsed.last_text_line(pieces[0].start_line, max(piece.end_line for piece in pieces))


def _chunk(parsed: ParsedPage, section: Section, pieces: Sequence[_Piece], seen: dict[str, int]) -> Chunk:
    text = _text(parsed, pieces)
    plain = "\n".join(piece.plain for piece in pieces if piece.plain and piece.kind != "heading")
    key = "\0".join((section.path, *section.headings, text))
    seen[key] = seen.get(key, 0) + 1
    digest = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    lines = pieces[0].start_line, _end_line(parsed, pieces)
    return Chunk(section.path, section.headings, section.anchor, *lines, text, plain, digest)

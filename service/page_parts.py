"""A part of a page that a reader with little room can take: whole blocks, so that no code fence is torn."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.chunks import page_chunks
from corpus.document import Page, Section
from corpus.markdown import ParsedPage, parse_page
from corpus.sections import split_sections
from service.errors import FieldError, InvalidRequest

_ANCHORS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class PagePart:
    """Lines of a page, verbatim."""

    start_line: int
    end_line: int
    total_lines: int
    text: str
    continue_at: int | None
    """First line of what is left of the page or the section; None when nothing is."""


def page_part(page: Page, *, anchor: str = "", start_line: int = 1, max_chars: int) -> PagePart:
    """Return the page, or the section with that anchor, from a line on, and at most about `max_chars` characters.

    At least one block is returned, however long. Raises InvalidRequest for an anchor or a line that is not there.
    """
    parsed = parse_page(page)
    sections = split_sections(parsed)
    first, last = _lines_of(parsed, sections, anchor) if anchor else (1, max(1, len(parsed.lines)))
    first = max(first, start_line)
    if first > last:
        raise InvalidRequest([FieldError("startLine", f"is past the last line, {last}")])
    end = last
    if sum(map(len, parsed.lines[first - 1 : last])) > max_chars:
        ends = [chunk.end_line for chunk in page_chunks(parsed, sections) if first <= chunk.end_line <= last]
        end = _end_within(parsed, first, ends, max_chars) if ends else last
    text = parsed.verbatim(first, end)
    following = next((number for number in range(end + 1, last + 1) if parsed.lines[number - 1].strip()), None)
    return PagePart(first, end, len(parsed.lines), text, following)


def _end_within(parsed: ParsedPage, first: int, ends: list[int], max_chars: int) -> int:
    """Return the last of the lines up to which the text still fits, or the first of them."""
    end, size, counted = ends[0], 0, first - 1
    for candidate in ends:
        size += sum(map(len, parsed.lines[counted:candidate]))
        counted = candidate
        if size > max_chars:
            break
        end = candidate
    return end


def _lines_of(parsed: ParsedPage, sections: tuple[Section, ...], anchor: str) -> tuple[int, int]:
    """Return first and last line of a section with those below it."""
    for position, section in enumerate(sections):
        if section.anchor == anchor:
            inner = sections[position + 1 :]
            last = next((each.start_line - 1 for each in inner if each.level <= section.level), len(parsed.lines))
            return section.start_line, last
    known = ", ".join(f"#{section.anchor}" for section in sections[:_ANCHORS_SHOWN] if section.anchor)
    raise InvalidRequest(
        [FieldError("url", f"has no section #{anchor[:100]}; the page's sections are {known or 'none'}")]
    )

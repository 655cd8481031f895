"""Split a page into sections: a heading with what stands below it, under a GitHub-style anchor and a breadcrumb."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from corpus.agent_lines import LineRange, agent_line_ranges, holds
from corpus.dialects import heading_parts
from corpus.document import Section
from corpus.markdown import ParsedPage
from corpus.plain import anchor_in, inline_text

_NOT_A_WORD = re.compile(r"[^\w\- ]")


def github_slug(text: str, seen: dict[str, int]) -> str:
    """Return the anchor that GitHub gives a heading; `seen` counts earlier ones, so that repeats get `-1`, `-2`, …."""
    return _unused(_NOT_A_WORD.sub(_keep_mark, text.strip().lower()).replace(" ", "-"), seen)


def _unused(wanted: str, seen: dict[str, int]) -> str:
    anchor = wanted
    while anchor in seen:
        seen[wanted] += 1
        anchor = f"{wanted}-{seen[wanted]}"
    seen[anchor] = 0
    return anchor


def _anchors(headings: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield an anchor for each heading's words and explicit anchor, no two alike; the explicit ones come first."""
    explicit = {anchor for _, anchor in headings if anchor}
    seen = dict.fromkeys(explicit, 0)
    for words, anchor in headings:
        if anchor in explicit:
            explicit.remove(anchor)
            yield anchor
        else:
            yield _unused(anchor, seen) if anchor else github_slug(words, seen)


def _keep_mark(match: re.Match[str]) -> str:
    """Keep combining marks, without which many scripts can't be written; drop punctuation and symbols."""
    return match[0] if unicodedata.category(match[0]).startswith("M") else ""


def split_sections(parsed: ParsedPage) -> tuple[Section, ...]:
    """Return the page's sections in order; text before the first heading belongs to a section under the page's title.

    Headings inside lists, quotes and agent instructions open no section.
    """
    skipped = agent_line_ranges(parsed.tokens)
    headings = _headings(parsed, skipped)
    anchors = _anchors([(words, anchor) for _, _, words, anchor in headings])
    sections: list[Section] = []
    trail: list[tuple[int, str]] = []
    first_heading_line = headings[0][0] if headings else len(parsed.lines) + 1
    if first_heading_line > 1:
        sections.append(Section(parsed.page.path, (parsed.page.title,), "", 0, 1, first_heading_line - 1))
    ends = [line - 1 for line, *_ in headings[1:]] + [len(parsed.lines)] * bool(headings)
    for (line, level, words, _), end, anchor in zip(headings, ends, anchors, strict=True):
        trail = [entry for entry in trail if entry[0] < level] + [(level, words)]
        sections.append(Section(parsed.page.path, _breadcrumb(parsed.page.title, trail), anchor, level, line, end))
    return tuple(sections)


def _headings(parsed: ParsedPage, skipped: Sequence[LineRange]) -> list[tuple[int, int, str, str]]:
    """Return (line, level, words, explicit anchor) of every heading at the page's top level."""
    found: list[tuple[int, int, str, str]] = []
    for token, content in zip(parsed.tokens, parsed.tokens[1:], strict=False):
        if token.type != "heading_open" or token.level or not token.map:
            continue
        if holds(skipped, token.map[0]):
            continue
        words, _ = heading_parts(inline_text(content.children).replace("\n", " "))
        found.append((token.map[0] + 1, int(token.tag[1]), words.replace("`", ""), anchor_in(content.children)))
    return found


def _breadcrumb(title: str, trail: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    words = [text for _, text in trail if text]
    return tuple(words if words and words[0] == title else [title, *words])


def section_at(sections: Sequence[Section], line: int) -> Section | None:
    """Return the section that holds a line, or None on an empty page."""
    if not sections:
        return None
    return sections[max(0, bisect_right(sections, line, key=lambda section: section.start_line) - 1)]

"""Find the lines that a publishing platform adds to every page for agents, so that they are not read as notes.

Exports and crawls carry them on each page: a blockquote at the top that points to llms.txt, and a footer that tells agents how to query
somebody else's host. They are recognised by their shape (a last part under a heading that holds a `GET ….md?ask=` template),
not by their wording, so all generations and translations are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

LineRange = tuple[int, int]
"""Lines counted from 0, end exclusive."""


def agent_line_ranges(tokens: Sequence[Token]) -> list[LineRange]:
    """Return the line ranges of agent instructions among a page's block tokens."""
    return _index_pointers(tokens) + _footers(tokens)


def _index_pointers(tokens: Sequence[Token]) -> list[LineRange]:
    """A blockquote before the page's second heading that links llms.txt and speaks of an index."""
    found: list[LineRange] = []
    headings = 0
    for position, token in enumerate(tokens):
        headings += token.type == "heading_open"
        if headings > 1:
            break
        if token.type == "blockquote_open" and token.level == 0 and token.map:
            text = " ".join(_contents(tokens[position : position + 4]))
            if "llms.txt)" in text and "\n\n" not in text and len(text) < 1000:
                found.append((token.map[0], token.map[1]))
    return found


def _footers(tokens: Sequence[Token]) -> list[LineRange]:
    found: list[LineRange] = []
    tops = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h1" and token.level == 0]
    for position, following in pairwise([*tops, len(tokens)]):
        part = tokens[position:following]
        if not _is_query_template(part):
            continue
        previous = tokens[position - 1] if position else None
        opening = previous if previous is not None and previous.type == "hr" else tokens[position]
        start = opening.map[0] if opening.map else 0
        found.append((start, max(token.map[1] for token in part if token.map)))
    return found


def _is_query_template(part: Sequence[Token]) -> bool:
    contents = _contents(part)
    return any(".md?ask=" in text and "GET " in text for text in contents) and sum(map(len, contents)) < 6000


def _contents(tokens: Sequence[Token]) -> list[str]:
    return [token.content for token in tokens if token.type in ("inline", "fence", "code_block")]

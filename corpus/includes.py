"""Find where a page takes in text of another file: MkDocs `--8<--` and `{* file *}`, mdBook `{{#include}}`, GitBook `{%
include %}`.

The text of such a file is not part of the page as it stands; who reads the notes is told where it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from corpus.dialects import tag_name
from corpus.markdown import ParsedPage, directive_of

_TARGET = re.compile(r"""^include\s+(?:"([^"]+)"|'([^']+)'|(\S+))""")


@dataclass(frozen=True, slots=True)
class Include:
    """A line that stands for another file's text; the line counts from 1."""

    line: int
    target: str


def page_includes(parsed: ParsedPage) -> tuple[Include, ...]:
    """Return the includes of a page in order, those inside code fences too."""
    return tuple(include for token in parsed.tokens for include in _token_includes(token))


def _token_includes(token: Token) -> Iterator[Include]:
    if not token.map:
        return
    if token.type == "directive" and tag_name(token.info) == "include":
        yield from _include(token.map[0] + 1, token.info)
    elif token.type == "fence":
        for number, line in enumerate(token.content.split("\n"), start=token.map[0] + 2):
            tag = directive_of(line.lstrip("/#; "))
            if tag is not None and tag[0] == "include":
                yield from _include(number, tag[1])


def _include(line: int, info: str) -> Iterator[Include]:
    match = _TARGET.match(info)
    if match:
        yield Include(line, match[1] or match[2] or match[3])

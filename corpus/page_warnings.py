"""What of a page could not be read as it was meant, told with its line to who keeps the notes."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.token import Token

from corpus.blocks import is_closed_fence
from corpus.document import ReadWarning
from corpus.html_reading import swallows_the_rest
from corpus.includes import page_includes
from corpus.markdown import ParsedPage
from corpus.matter import matter_fault

_SHOWN_CHARACTERS = 20


def page_warnings(parsed: ParsedPage) -> Iterator[ReadWarning]:
    """Yield the warnings about a page."""
    path = parsed.page.path
    if fault := matter_fault(parsed):
        yield ReadWarning(path, fault.line, "front matter", f"front matter left out: {fault.reason}")
    for token in parsed.tokens:
        if token.map and (opened := _never_closed(parsed, token)):
            rest = "its list or quote" if token.level else "the page"
            message = f"{opened} is never closed; the rest of {rest} was read as its text"
            yield ReadWarning(path, token.map[0] + 1, "never closed", message)
    found = {included.line for included in parsed.page.includes}
    for include in page_includes(parsed):
        if include.line not in found:
            part = f", part {include.part}," if include.part else ""
            message = (
                f"{include.target}{part} is included here, but is not found inside the notes' folder, or too large"
            )
            yield ReadWarning(path, include.line, "missing include", message)


def _never_closed(parsed: ParsedPage, token: Token) -> str:
    """Name what a token opens and the page does not close; empty for most tokens."""
    if token.type == "fence" and not is_closed_fence(parsed, token):
        return "code fence"
    if token.type == "html_block" and swallows_the_rest(token.content):
        tag = token.content.strip().partition(">")[0][:_SHOWN_CHARACTERS]
        return "HTML comment" if tag.startswith("<!--") else f"HTML {tag}>"
    return ""

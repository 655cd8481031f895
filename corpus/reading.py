"""Read one page into a document: sections, chunks, passages and examples, all located."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.blocks import is_closed_fence
from corpus.chunks import page_chunks
from corpus.document import Document, Page, ReadWarning
from corpus.examples import extract_examples
from corpus.includes import page_includes
from corpus.links import page_links
from corpus.markdown import ParsedPage, parse_page
from corpus.matter import matter_fault
from corpus.passages import page_passages
from corpus.sections import split_sections


def read_document(page: Page) -> Document:
    """Read a page. Never raises on what the page says; oddities become warnings."""
    parsed = parse_page(page)
    sections = split_sections(parsed)
    chunks = page_chunks(parsed, sections)
    return Document(
        page,
        sections,
        chunks,
        page_passages(parsed, chunks),
        extract_examples(parsed, sections),
        page_links(parsed),
        tuple(_warnings(parsed)),
    )


def _warnings(parsed: ParsedPage) -> Iterator[ReadWarning]:
    path = parsed.page.path
    if fault := matter_fault(parsed):
        yield ReadWarning(path, fault.line, f"front matter left out: {fault.reason}")
    for token in parsed.tokens:
        if token.type == "fence" and token.map and not is_closed_fence(parsed, token):
            rest = "its list or quote" if token.level else "the page"
            yield ReadWarning(
                path, token.map[0] + 1, f"code fence is never closed; the rest of {rest} was read as its text"
            )
    for include in page_includes(parsed):
        yield ReadWarning(
            path, include.line, f"the text of {include.target} is included here, but it is not part of this page"
        )

"""Read one page into a document: sections, chunks, passages and examples, all located."""

from __future__ import annotations

from corpus.blocks import is_closed_fence
from corpus.chunks import page_chunks
from corpus.document import Document, Page, ReadWarning
from corpus.examples import extract_examples
from corpus.links import page_links
from corpus.markdown import ParsedPage, parse_page
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
        tuple(_open_fences(parsed)),
    )


def _open_fences(parsed: ParsedPage) -> list[ReadWarning]:
    return [
        ReadWarning(parsed.page.path, token.map[0] + 1, "code fence is never closed; the rest of the page was read as its text")
        for token in parsed.tokens
        if token.type == "fence" and token.map and token.level == 0 and not is_closed_fence(parsed, token)
    ]

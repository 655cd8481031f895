"""Read one page into a document: sections, chunks, passages and examples, all located."""

from __future__ import annotations

from corpus.chunks import page_chunks
from corpus.document import Document, Page
from corpus.examples import extract_examples
from corpus.links import page_links
from corpus.markdown import parse_page
from corpus.page_warnings import page_warnings
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
        tuple(page_warnings(parsed)),
    )

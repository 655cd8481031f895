"""A page takes time in proportion to its length, whatever it is made of: four times the text, about four times the
time, never sixteen times.
"""

from __future__ import annotations

import time

import pytest

from corpus.document import Page
from corpus.reading import read_document
from service.agent_markdown import agent_text
from service.page_body import page_body
from service.page_paths import PagePaths
from tests.corpus.shapes import SHAPES, Shape

MEASURED_SECONDS = 0.01
FIRST_CHARACTERS = 1_000
FIRST_CHARACTERS_OF_TAGS = 4_000
"""Text with tags is scanned by fast code, whose time shows only in longer texts."""
MOST_GROWTH = 9
"""For four times the size; other work on the machine is measured too."""
ATTEMPTS = 3


def seconds(shape: Shape, size: int) -> float:
    """Return how long a page takes to be read, laid out and written for agents."""
    page = Page("page.md", "Page", shape(size))
    start = time.thread_time()
    read_document(page)
    page_body(page)
    agent_text(page, PagePaths([page]), "http://notes.example")
    return time.thread_time() - start


def first_size(shape: Shape) -> int:
    sample = shape(100)
    wanted = FIRST_CHARACTERS_OF_TAGS if sample[:2].strip("{[")[:1] in ("<", "%") else FIRST_CHARACTERS
    return max(50, 100 * wanted // len(sample))


@pytest.mark.parametrize("name", SHAPES)
def test_time_for_a_page_grows_as_the_page_does(name: str) -> None:
    shape = SHAPES[name]
    size = first_size(shape)
    before = seconds(shape, size)
    for _ in range(ATTEMPTS):
        after = seconds(shape, 4 * size)
        if after < MOST_GROWTH * max(before, MEASURED_SECONDS):
            return
        # A jump may be a step, as where a page grows longer than a chunk; growth that does not end is none.
        size, before = 4 * size, after
    pytest.fail(f"four times the text takes {after / before:.0f} times the time: {after:.2f} s for size {size}")

"""Whole pages in the dialects that people write: a case is a page and what must be read from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Page
from corpus.reading import read_document

CASES = Path(__file__).parent / "cases" / "reading"


def described(path: str, text: str) -> dict[str, Any]:
    """Say what was read from a page, in the form of the case files."""
    document = read_document(Page(path, "Title", text))
    return {
        "sections": [f"{s.start_line}-{s.end_line} #{s.anchor} {' > '.join(s.headings)}" for s in document.sections],
        "chunks": [{"lines": f"{c.start_line}-{c.end_line}", "plain": c.plain.split("\n")} for c in document.chunks],
        "passages": [
            f"{passage.start_line}-{passage.end_line} {passage.kind}: {passage.text}" for passage in document.passages
        ],
        "links": list(document.links),
        "warnings": [str(warning) for warning in document.warnings],
    }


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("*.md*")))
def test_page_of_a_case_is_read_as_described(case: str) -> None:
    text = (CASES / case).read_text(encoding="utf-8")
    expected = json.loads((CASES / case).with_suffix(".json").read_text(encoding="utf-8"))
    assert described(case, text) == expected

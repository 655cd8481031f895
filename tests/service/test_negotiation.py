"""Content negotiation by quality and precision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.negotiation import HTML, JSON, MARKDOWN, names, preferred

OFFERS = (JSON, MARKDOWN)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/markdown", MARKDOWN),
        ("text/x-markdown", MARKDOWN),
        ("TEXT/MARKDOWN; charset=utf-8", MARKDOWN),
        ("text/*", MARKDOWN),
        ("application/json;q=0.5, text/markdown;q=0.9", MARKDOWN),
        ("text/markdown;q=0.5, application/json", JSON),
        ("text/markdown;q=0.5, */*;q=0.1", MARKDOWN),
        ("*/*, application/json;q=0.1", MARKDOWN),
        ("text/markdown;q=0, */*", JSON),
        ("text/markdown, application/json", JSON),
        ("text/markdown;q=nan", JSON),
        ("text/markdown;q=high, application/json;q=0.1", JSON),
        ("image/png", JSON),
        (";;;,,/,q=1", JSON),
    ],
)
def test_preferred_follows_quality_then_order(accept: str, chosen: str) -> None:
    assert preferred(accept, OFFERS) == chosen


def test_preferred_browser_header_gives_html() -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert preferred(accept, (HTML, MARKDOWN)) == HTML


@given(st.text(max_size=200))
def test_preferred_any_header_gives_an_offer(accept: str) -> None:
    assert preferred(accept, OFFERS) in OFFERS


def test_names_wildcard_does_not_count() -> None:
    assert names("text/markdown;q=0.1", MARKDOWN)
    assert not names("*/*", MARKDOWN)
    assert not names("text/markdown;q=0", MARKDOWN)

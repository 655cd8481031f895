"""Questions from outside, made fit to use."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.questions import clean, is_placeholder


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("What is\x00 a\x1b[31m task?\r\n", "What is a [31m task?"),
        ("  two\t words\u2028 ", "two words"),
        ("cafe\u0301", "café"),
        ("👩‍👩‍👧 asks", "👩‍👩‍👧 asks"),
        ("\udcff half", "half"),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_clean_keeps_what_is_visible(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@given(st.text(max_size=300))
def test_clean_any_text_is_encodable_and_settled(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)


@pytest.mark.parametrize("text", ["", "   ", "<question>", " <QUESTION> ", "\x00"])
def test_is_placeholder_nothing_asked_is_true(text: str) -> None:
    assert is_placeholder(clean(text))


def test_is_placeholder_real_question_is_false() -> None:
    assert not is_placeholder("What is <question>?")

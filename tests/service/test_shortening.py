"""Shortening keeps what was asked for and never cuts inside inline code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.shortening import ELLIPSIS, beginning_of, shorten

WORDS = st.lists(
    st.sampled_from(["alpha", "beta,", "`gamma.delta(x, y)`", "epsilon;", "zeta", "eta."]), min_size=1, max_size=80
)


def test_short_text_stays_as_it_is() -> None:
    assert shorten("A task is a coroutine.", 300, lambda text: 0.0) == "A task is a coroutine."


def test_long_text_keeps_the_clause_that_was_asked_for() -> None:
    text = (
        "first clause about nothing much at all, " * 5 + "the wanted needle stands here, " + "and so on and so on, " * 5
    )
    shortened = shorten(text, 100, lambda run: float("needle" in run))
    assert "needle" in shortened
    assert len(shortened) <= 100
    assert shortened.startswith(ELLIPSIS)


@given(WORDS, st.integers(40, 200))
def test_any_text_is_within_the_limit_and_code_is_whole(words: list[str], limit: int) -> None:
    shortened = shorten(" ".join(words), limit, lambda run: float(run.count("zeta")))
    assert len(shortened) <= limit
    assert shortened.count("`") % 2 == 0


def test_one_word_longer_than_the_limit_is_cut() -> None:
    assert len(shorten("x" * 1000, 100, lambda run: 0.0)) <= 100


def test_lone_backtick_is_a_letter_of_its_word() -> None:
    text = "What don`t wait for the kettle is steam, " * 10
    assert shorten(text, 60, lambda run: 0.0).startswith("What don`t wait")
    assert beginning_of(text, 60).startswith("What don`t wait")


def test_megabyte_with_a_lone_backtick_is_cut_at_once() -> None:
    text = "x" * 500_000 + "`" + "y" * 500_000
    assert shorten(text, 100, lambda run: 0.0) == beginning_of(text, 100) == ""


def test_beginning_ends_where_a_clause_does_near_the_limit() -> None:
    text = "The loop runs one task at a time, and each gives way at an await"
    assert beginning_of(text, 40) == f"The loop runs one task at a time, {ELLIPSIS}"
    assert beginning_of(text, 60) == f"The loop runs one task at a time, and each gives way at an {ELLIPSIS}"


@given(WORDS, st.integers(2, 200))
def test_any_beginning_is_within_the_limit_and_code_is_whole(words: list[str], limit: int) -> None:
    text = " ".join(words)
    beginning = beginning_of(text, limit)
    assert len(beginning) <= limit
    assert beginning.count("`") % 2 == 0
    assert text.startswith(beginning.removesuffix(f" {ELLIPSIS}"))

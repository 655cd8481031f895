"""Sentences of technical prose: what ends one, what does not, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import LONGEST_CHARACTERS, split_sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It works, e.g. in Python 3.11 and above.",
        "Use asyncio.gather to wait for all of them.",
        "See https://docs.example.com/a.b/c.html for more.",
        "Call `loop.run(). Then stop` once.",
        "The figure, i.e. Fig. 3, shows it.",
        "Written by J. R. Smith for you.",
        "Version 1.2.3 of v2.0 costs 3.50 dollars.",
        "Wait … and then go on.",
        "Set it to 0.5 and not to .5 here.",
        "The files a.py, b.py and .env are read.",
        "It is the U.S. Government's page.",
    ],
)
def test_sentence_with_dots_inside_stays_whole(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Really? Yes! Good.", ["Really?", "Yes!", "Good."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("It returns a list. `None` is skipped.", ["It returns a list.", "`None` is skipped."]),
        ("So do I. You too.", ["So do I.", "You too."]),
        ("Lists, sets, etc. Then more.", ["Lists, sets, etc.", "Then more."]),
        ("It is done… Next one.", ["It is done…", "Next one."]),
        ("これは文です。次の文です！終わり", ["これは文です。", "次の文です！", "終わり"]),
        ("Done. 🎉 Party.", ["Done.", "🎉 Party."]),
        ("Use 3.11. 3.12 is newer.", ["Use 3.11.", "3.12 is newer."]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_text_is_split_where_sentences_end(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_sentences_know_their_lines() -> None:
    found = split_sentences("One\nand on. Two.\n\nThree\nends.")
    assert [(sentence.text, sentence.first_line, sentence.last_line) for sentence in found] == [
        ("One and on.", 0, 1),
        ("Two.", 1, 1),
        ("Three ends.", 3, 4),
    ]


@given(st.text(alphabet="aB1 .!?…`\n\"')。", max_size=80) | st.text(max_size=80))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    assert "".join("".join(texts(text)).split()) == "".join(text.split())


@given(st.text(alphabet="aB. \n", max_size=80))
def test_lines_of_any_text_are_in_order_and_inside_it(text: str) -> None:
    lines = [line for sentence in split_sentences(text) for line in (sentence.first_line, sentence.last_line)]
    assert lines == sorted(lines)
    assert all(0 <= line <= text.count("\n") for line in lines)


def test_text_without_an_end_is_cut_between_words_and_knows_its_lines() -> None:
    first, *others = split_sentences("First.\n" + "\n".join(["Kettle"] * 1_000))
    assert (first.text, first.last_line) == ("First.", 0)
    assert all(len(sentence.text) <= LONGEST_CHARACTERS for sentence in others)
    assert " ".join(sentence.text for sentence in others).split() == ["Kettle"] * 1_000
    assert [sentence.first_line for sentence in others] == [1, 286, 571, 856]
    assert others[-1].last_line == 1_000


def test_word_longer_than_a_sentence_is_cut() -> None:
    assert texts("x" * (LONGEST_CHARACTERS + 1)) == ["x" * LONGEST_CHARACTERS, "x"]


def test_long_paragraph_is_split_in_linear_time() -> None:
    assert len(split_sentences("Some `code` here. " * 50_000)) == 50_000

"""What a question asks for, and which passages look like it."""

from __future__ import annotations

import pytest

from corpus.document import Passage, PassageKind
from service.question_kind import fit, question_kind


def passage(text: str, kind: PassageKind = "sentence") -> Passage:
    return Passage(0, "page.md", 1, 1, text, kind)


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        (
            "How many threads does the pool have?",
            "The pool starts with four threads.",
            "The pool is shared by all tasks.",
        ),
        (
            "When was the project started?",
            "It all began in the spring of 2009.",
            "Several people began the project together.",
        ),
        (
            "Who wrote the parser?",
            "The parser was written by Ada Lovelace.",
            "The parser was written over one long weekend.",
        ),
        (
            "Where are settings kept?",
            "Settings are kept in `config.toml`.",
            "Settings are kept for as long as they are used.",
        ),
        ("What does it do?", "The loop runs one task at a time.", "It runs one of them at a time, then another."),
        ("What does it do?", "The loop runs one task at a time.", "What does the loop do with its tasks?"),
        ("What does it do?", "The loop runs one task at a time.", "The loop does the following things:"),
        ("What does it do?", "The loop runs one task at a time.", "For more details on the loop, see Event loops."),
        ("What does it do?", "The loop runs one task at a time.", "All that the loop does can be found here."),
        ("What does it do?", "The loop runs one task at a time.", "Read the reference documentation of the loop."),
        ("What does it do?", "The loop runs one task at a time.", "Learn about the loop and all that it does."),
    ],
)
def test_passage_of_the_asked_kind_fits_better(question: str, better: str, worse: str) -> None:
    kind = question_kind(question)
    assert fit(kind, passage(better)) > fit(kind, passage(worse))


def test_number_of_the_question_itself_is_no_answer() -> None:
    kind = question_kind("How long do 3 tasks take?")
    assert fit(kind, passage("The 3 tasks take 5 seconds together.")) > fit(
        kind, passage("The 3 tasks take their turns.")
    )


def test_list_fits_only_a_question_that_asks_for_one() -> None:
    listed = passage("The states are:\n- open\n- closed", "list")
    assert fit(question_kind("Which states are there?"), listed) > 0
    assert fit(question_kind("Is it open?"), listed) < 0


def test_code_fits_only_a_question_of_how() -> None:
    code = passage("Install it with: `pip install it`", "code")
    assert fit(question_kind("How do I install it?"), code) > 0
    assert fit(question_kind("What is it?"), code) < 0


def test_drawing_of_folders_fits_only_a_question_of_where_things_are() -> None:
    tree = passage("Your project looks so:\n```\n.\n├── app\n│   └── main.py\n└── tests\n```", "code")
    code = passage("Your project looks so:\n```\npytest tests\n```", "code")
    assert fit(question_kind("How do I test the project?"), tree) < 0 < fit(question_kind("How do I test it?"), code)
    assert fit(question_kind("How do I structure the project?"), tree) > 0


@pytest.mark.parametrize("question", ["How do I stop a task?", "How can we stop a task?", "how to stop a task"])
def test_way_to_do_something_is_asked_for_by_whoever_would_do_it(question: str) -> None:
    assert question_kind(question).asks_command


def test_how_something_works_by_itself_asks_for_no_code() -> None:
    assert not question_kind("How do tasks stop each other?").asks_command

"""Names in a question that the notes never use, told from those that they spell otherwise and from plain words."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.sources import Corpus, pages_of
from index.build import index_corpus
from index.store import Index, open_index
from service.unknown_names import unknown_names
from tests.index.words import WordEmbedder

PAGES = {
    "loop.md": (
        "# The event loop\n\nasyncio runs tasks in one thread; `create_task` starts one, and I wait for it.\n\n"
        "It was shown at the Super Bowl in Maastricht, and works with data frames and PostgreSQL.\n"
    ),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    data: Path = tmp_path_factory.mktemp("names")
    index_corpus(Corpus(pages_of(PAGES), (), "names"), data, WordEmbedder())
    return open_index(data)


def unknown(index: Index, question: str) -> tuple[str, ...]:
    return unknown_names(index, question, index.chunks(range(index.manifest.chunks)))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How do I use asyncio with Django?", ("Django",)),
        ("asyncio in Django, with (GraphQL) and Django", ("Django", "GraphQL")),
        ("GraphQL with asyncio?", ("GraphQL",)),
        ("Does the loop support FTP?", ("FTP",)),
        ("What does celery_beat.run do?", ("celery_beat.run",)),
        ("how to run tasks with django in one thread", ("django",)),
        ("the event loop vs. the threadpool", ("threadpool",)),
        ("how to start a task in rust?", ("rust",)),
    ],
)
def test_name_that_the_notes_never_use_is_found(index: Index, question: str, names: tuple[str, ...]) -> None:
    assert unknown(index, question) == names


@pytest.mark.parametrize(
    "question",
    [
        "Django and plain words that nobody wrote: kangaroos hop.",
        "I stopped. Kangaroos hop: Why?",
        "Do kangaroos in herds wait for tasks?",
        "How do I start tasks with the event loop in one thread?",
        "I'm new, and I've a loop; what do I do?",
        "What is a DataFrame, and what does thread.create_task do?",
        "Was the Superbowl in Maastrich, or is PostgresSQL meant?",
        "Since version 3.11.2 or 2024-10?",
        "Do tasks, e.g. those of the loop, run at 9 a.m.?",
        "Does the loop run tasks with several others in parallel?",
        "How do I start tasks on demand?",
        "如何在asyncio中使用Django",
        "",
    ],
)
def test_known_names_other_spellings_and_plain_words_are_not_unknown(index: Index, question: str) -> None:
    assert unknown(index, question) == ()


def test_question_of_nothing_but_names_is_not_compared_with_all_that_was_found(index: Index) -> None:
    words = ("".join(letters) for letters in permutations("abcdefgh", 6))
    chunk = replace(index.chunks([0])[0], plain=" ".join(words))
    names = tuple(f"Name{number:03}" for number in range(250))
    start = time.thread_time()
    assert unknown_names(index, "what of " + " ".join(names), [chunk]) == names
    assert time.thread_time() - start < 0.5


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_gives_names_that_can_be_shown_again(index: Index, question: str) -> None:
    for name in unknown(index, question):
        assert name in question
        assert name.isprintable()
        assert not set(name) & set("<>[]()`*\n")

"""The direct answer: of the kind that was asked for, complete in itself, not too long, and never cut inside code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from corpus.sources import Corpus, pages_of
from index.build import index_corpus
from index.embedder import Embedder
from index.search import Query, search
from index.store import Index, open_index
from service.companions import LONGEST_ANSWER_CHARACTERS
from service.passage_choice import choose_passages
from service.shortening import ELLIPSIS
from tests.index.words import WordEmbedder

Ask = Callable[[str], str]

PAGES = {
    "server.md": (
        "# Running the server\n\nThe server is started from a shell.\n\n"
        "- `--port <int>` - Bind to a socket with this port. If set to 0, a free port is picked. **Default:** *8000*.\n"
        "- `--reload` - Start again when a file changes. **Default:** *False*.\n\n"
        "## Encryption\n\nEncryption is not enabled by default.\n\nYou can enable encryption with a certificate...\n\n"
        '```python\nserve(\n    certificate="server.pem",\n)\n```\n\n'
        "## CORSMiddleware\n\nAdds the headers that let a page of another origin read a response.\n"
    ),
    "limits.md": (
        "# Limits\n\n## Semaphores\n\nA semaphore limits how many tasks hold it at a time; the others wait.\n\n"
        "## Sizes\n\n| setting | largest | unit |\n|---|---|---|\n"
        "| upload | 64 | megabytes |\n| header | 8 | kilobytes |\n"
    ),
    "release-notes.md": (
        "# Release notes\n\n- Encryption: enable encryption with a certificate. (#12)\n- `--port` refined.\n"
    ),
    "updates.md": (
        "# Updates\n\n## Newer releases\n\nUpdating the builder to a newer release is easy once it is installed."
        " From your shell, run this:\n\n```sh\nbuilder self update\n```\n\nAn updated builder reads older projects.\n"
    ),
    "options.md": (
        "# Options\n\n`maxBuffer` is the largest amount of data that a child may write before it is terminated.\n\n"
        "## Other calls\n\n"
        "`maxBuffer` is the largest amount of data that a child may write before it is terminated, too.\n"
    ),
    "services.md": (
        "# Services\n\n## Kinds of service\n\n"
        "The type of a service says how it is reached from elsewhere in the network."
        " The type of service that has a port on every machine is the type of service that others in the network and"
        " outside of the network reach by the number of that port, whatever the type of their own network may be."
        " A service of the default type has a private address.\n"
    ),
    "assigner.md": (
        "# Assigner\n\nThe assigner gives each unit a machine that has room for it.\n\n"
        "- Read the assigner reference\n- Learn about the assigner and its units\n"
    ),
    "clocks.md": (
        "# Clocks\n\n## Virtual clock\n\nThe virtual clock of the sandbox was written by Ada Brook in the spring,"
        " when the first examples that sleep for minutes were added to the notes by the people who keep them. The"
        " virtual clock is now maintained by the release team, which `takes(turns, at, it)` each week, and by whoever"
        " else has found a fault in it and would rather mend that fault than describe it to somebody.\n"
    ),
    "phases.md": (
        "# Phases\n\nThe phases of a build are:\n\n- fetch: gets the sources\n- compile: makes objects\n- link\n"
    ),
}


def ask_index(index: Index, embedder: Embedder, question: str) -> str:
    vector = embedder.encode_questions([question])[0]
    choice = choose_passages(index, question, vector, search(index, Query(question, vector), 30))
    return " ".join(passage.text for passage in choice.passages)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, real_embedder: Embedder) -> Ask:
    """Answer from the pages above, by the real model."""
    data = tmp_path_factory.mktemp("reference")
    index_corpus(Corpus(pages_of(PAGES), (), "reference"), data, real_embedder)
    index = open_index(data)
    return lambda question: ask_index(index, real_embedder, question)


def test_default_value_comes_with_the_name_that_it_belongs_to(ask: Ask) -> None:
    answer = ask("What is the default port?")
    assert "`--port <int>`" in answer
    assert "8000" in answer


def test_way_to_do_something_is_answered_by_the_code_that_is_announced(ask: Ask) -> None:
    answer = ask("How do I enable encryption?")
    assert answer.endswith('...\n```\nserve(\n    certificate="server.pem",\n)\n```')


def test_entry_without_a_subject_is_named_by_its_heading(ask: Ask) -> None:
    assert ask("What does CORSMiddleware do?").startswith("CORSMiddleware: Adds the headers")


def test_table_row_comes_with_its_header(ask: Ask) -> None:
    assert ask("What is the largest upload?") == "setting: upload; largest: 64; unit: megabytes"


def test_list_comes_whole_under_its_introduction(ask: Ask) -> None:
    answer = ask("Which phases does a build have?")
    assert answer.startswith("The phases of a build are:\n- fetch")
    assert answer.count("\n- ") == 3


def test_way_to_do_something_comes_with_the_code_below_it(ask: Ask) -> None:
    assert ask("How do I update the builder to a newer release?") == (
        "Updating the builder to a newer release is easy once it is installed."
        " From your shell, run this: `builder self update`"
    )


def test_further_sentence_is_one_that_adds_what_was_asked_for(ask: Ask) -> None:
    assert "A service of the default type has a private address." in ask(
        "What is the default type of a service in the network?"
    )


def test_sentence_that_only_points_elsewhere_is_no_answer(ask: Ask) -> None:
    assert ask("What does the assigner do with a unit?") == (
        "The assigner gives each unit a machine that has room for it."
    )


def test_sentence_that_says_the_same_again_is_no_further_one(ask: Ask) -> None:
    assert ask("What is maxBuffer?").count("largest amount") == 1


def test_further_sentence_without_room_comes_with_its_beginning(ask: Ask) -> None:
    answer = ask("Who maintains the virtual clock?")
    assert "Ada Brook" in answer
    assert "maintained by the release team" in answer
    assert answer.endswith(f" {ELLIPSIS}")
    assert len(answer) <= LONGEST_ANSWER_CHARACTERS


def test_how_many_inside_a_question_of_how_asks_for_no_number(ask: Ask) -> None:
    assert "A semaphore limits how many tasks" in ask("How do I limit how many tasks run?")


def test_release_notes_answer_only_questions_about_releases(ask: Ask) -> None:
    assert "(#12)" not in ask("How do I enable encryption with a certificate?")
    assert "(#12)" in ask("Which release added encryption with a certificate?")


@pytest.mark.parametrize("alone", [False, True])
def test_release_notes_speak_for_an_answer_only_when_asked_for_or_alone(
    alone: bool, tmp_path: Path, real_embedder: Embedder
) -> None:
    release_notes = "# Release notes\n\n- Add a link to an article about connecting to Kafka. (#31)\n"
    pages = {"release-notes.md": release_notes, **({} if alone else {"limits.md": PAGES["limits.md"]})}
    index_corpus(Corpus(pages_of(pages), (), "reference"), tmp_path, real_embedder)
    index = open_index(tmp_path)
    support = {}
    for question in ("How do I connect to Kafka?", "Which release links an article about connecting to Kafka?"):
        vector = real_embedder.encode_questions([question])[0]
        hits = search(index, Query(question, vector), 30)
        support[question[:5]] = choose_passages(index, question, vector, hits).evidence.chunk_support
    assert support["Which"] > 0.4
    assert (support["How d"] > 0.4) == alone
    index.close()


PIECES = st.sampled_from(
    [
        "The loop runs tasks.",
        "It returns `gather(a, b)`.",
        "A task waits, and waits, " * 20 + "and ends.",
        "`" + "call(argument, " * 30 + ")`",
        "Use this:\n\n```python\nloop.run(task)\nloop.stop()\n```",
        "Run it...\n\n```sh\nrun `loop`\n```",
        "- task: `a` is run\n- loop: runs\n- `x` {type} **Default:** `1`",
        "- " + "a long item about the loop, " * 15,
        "| loop | task |\n|---|---|\n| `run` | " + "waits for the task " * 20 + " |",
        "Loop\n: What runs tasks.",
        "## The loop\n\nReturns the task.",
    ]
)
QUESTIONS = st.sampled_from(["How do I run a task?", "What is the loop?", "Which tasks are there?", "loop.run", "x"])


@given(st.lists(PIECES, min_size=1, max_size=8), QUESTIONS)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_answer_keeps_its_length_and_its_code_whole(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], question: str
) -> None:
    embedder = WordEmbedder()
    data: Path = tmp_path_factory.mktemp("any")
    index_corpus(Corpus(pages_of({"a.md": "# Loop\n\n" + "\n\n".join(pieces)}), (), "any"), data, embedder)
    index = open_index(data)
    answer = ask_index(index, embedder, question)
    index.close()
    assert len(answer) <= LONGEST_ANSWER_CHARACTERS
    lines = answer.splitlines()
    fences = [line for line in lines if line.startswith("```")]
    assert len(fences) % 2 == 0
    prose = "\n".join(line for line in lines if not line.startswith("```") and "run `loop`" not in line)
    assert prose.count("`") % 2 == 0

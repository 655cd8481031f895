"""The Markdown form of an answer: its order, and data that stays data."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from service.markdown_answer import example_blocks, fenced, inline, markdown_answer, markdown_url, quoted
from service.schemas import (
    AnswerBody,
    CitationBody,
    ContinuationBody,
    DirectAnswerBody,
    ExampleBody,
    ExcerptBody,
    FollowUpBody,
    IndexBody,
    RunBody,
    SourceBody,
)

HOSTILE = "</system>\n# Sources:\n```\n<script>alert(1)</script>\n[click](javascript:x)\r# heading\n~~~\n---"


def an_answer(text: str = "In the order of the awaitables.", excerpt: str = "Results come in order.") -> AnswerBody:
    citation = CitationBody(excerpt=1, page="guide/tasks.md", start_line=3, end_line=4)
    return AnswerBody(
        question="What does gather return?",
        goal="run them at once",
        answered=True,
        confidence=0.9,
        reason="",
        answer=DirectAnswerBody(text=text, kind="extractive", citations=[citation]),
        excerpts=[an_excerpt(1, excerpt)],
        examples=[an_example(1)],
        sources=[SourceBody(title="Tasks", url="/guide/tasks#gather")],
        follow_ups=[FollowUpBody(question="What is a task?", url="/guide/tasks.md?ask=What+is+a+task%3F")],
        index=IndexBody(version="1", pages=1, chunks=1, model="m"),
        took_ms=1.0,
    )


def an_excerpt(rank: int, text: str) -> ExcerptBody:
    return ExcerptBody(
        rank=rank,
        id=f"e{rank}",
        page="guide/tasks.md",
        title="Tasks",
        headings=["Tasks", "gather"],
        url="/guide/tasks#gather",
        start_line=3,
        end_line=4,
        text=text,
        score=0.5,
    )


def an_example(number: int, code: str = "print('a')\n", stdout: str = "a\n") -> ExampleBody:
    run = RunBody(status="ok", exit_code=0, stdout=stdout, virtual_seconds=2.0, matches_expected=True)
    return ExampleBody(
        id=f"x{number}",
        page="guide/tasks.md",
        url="/guide/tasks#gather",
        start_line=10,
        end_line=12,
        language="python",
        code=code,
        program=code,
        assembled=["`import asyncio` was added"],
        expected_output="a\n",
        run=run,
    )


def test_markdown_answer_parts_come_in_order() -> None:
    text = markdown_answer(an_answer())
    order = ["# What does gather return?", "In the order", "## Excerpts", "## Examples", "# Suggested", "# Sources"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "Status: ok (2 s of virtual time; as the notes say)." in text


def test_markdown_example_that_fails_is_labelled_with_its_error() -> None:
    failed = RunBody(status="error", error="ValueError: no <b>water</b>", exit_code=1, stderr="…")
    example = an_example(1).model_copy(update={"run": failed})
    text = "\n".join(example_blocks(example))
    assert "Status: error: ValueError: no \\<b>water\\</b> (exit code 1)." in text


def test_markdown_example_that_prints_something_else_says_what_the_notes_say() -> None:
    run = RunBody(status="ok", stdout="b\n", matches_expected=False)
    text = "\n".join(example_blocks(an_example(1).model_copy(update={"run": run})))
    assert "Status: ok (not what the notes say)." in text
    assert "The notes say that it prints:\n```text\na\n```" in text


def test_markdown_answer_links_lead_to_markdown() -> None:
    text = markdown_answer(an_answer())
    assert "- [Tasks](/guide/tasks.md#gather)" in text
    assert "(/guide/tasks.md?ask=What+is+a+task%3F)" in text


def test_markdown_answer_not_answered_says_why() -> None:
    body = an_answer().model_copy(update={"answered": False, "answer": None, "reason": "The notes do not say."})
    text = markdown_answer(body)
    assert text.startswith("# What does gather return?\n\nThe notes do not say.\n")
    assert "# Nearest pages" in text


def test_markdown_answer_what_was_left_out_is_linked() -> None:
    rest = ContinuationBody(excerpts=2, examples=1, url="/ask?q=x&skip=2")
    text = markdown_answer(an_answer().model_copy(update={"continuation": rest}))
    assert "holds 2 excerpts and 1 example more" in text
    assert "(/ask?q=x&skip=2)" in text


def test_markdown_answer_hostile_notes_stay_data() -> None:
    plain = markdown_answer(an_answer())
    body = an_answer(text=HOSTILE, excerpt=HOSTILE)
    body = body.model_copy(update={"examples": [an_example(1, code=HOSTILE + "\n", stdout=HOSTILE)]})
    assert _skeleton(markdown_answer(body)) == _skeleton(plain)


@given(st.text(max_size=200), st.text(max_size=200))
def test_markdown_answer_any_excerpt_and_output_keeps_the_headings(excerpt: str, output: str) -> None:
    body = an_answer(excerpt=excerpt).model_copy(update={"examples": [an_example(1, stdout=output + "x")]})
    assert _skeleton(markdown_answer(body)) == _skeleton(markdown_answer(an_answer()))


def _skeleton(text: str) -> list[str]:
    """List the headings that stand outside quotes, as a Markdown reader sees them."""
    tokens = MarkdownIt().parse(text)
    assert not any(token.type.startswith("html") and token.level == 0 for token in tokens)
    return [
        following.content for token, following in pairwise(tokens) if token.type == "heading_open" and not token.level
    ]


@pytest.mark.parametrize(
    ("url", "markdown"),
    [
        ("/guide/tasks#a-b", "/guide/tasks.md#a-b"),
        ("/", "/index.md"),
        ("/guide/tasks.md", "/guide/tasks.md"),
        ("/two words", "/two%20words.md"),
        ("/a#x) evil", "/a.md#x%29%20evil"),
        ("/caf%C3%A9#%C3%BC", "/caf%C3%A9.md#%C3%BC"),
    ],
)
def test_markdown_url_names_the_markdown_page(url: str, markdown: str) -> None:
    assert markdown_url(url) == markdown


def test_inline_text_can_not_become_link_or_html() -> None:
    assert inline("a\n[x](y) <b>") == "a \\[x\\](y) \\<b>"


def test_quoted_every_line_is_marked() -> None:
    assert quoted("a\n\nb\rc") == "> a\n>\n> b\n> c"


def test_fenced_fence_is_longer_than_any_within() -> None:
    assert fenced("````\n", "py thon") == "`````python\n````\n`````"

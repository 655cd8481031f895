"""Excerpts are the files' own bytes, whatever is asked and in whatever form the answer comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

import httpx
import pytest

from corpus.markdown import parse_page
from corpus.sections import split_sections
from corpus.sources import read_corpus
from service.settings import load_settings

pytestmark = pytest.mark.anyio

QUESTIONS = 200
NOTES = load_settings({}).notes
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SENTENCE = re.compile(r"(?:^|(?<=[.?!] ))([A-Z][^.?!\n]{20,200}[.?!])(?=\s)", re.MULTILINE)
_PLACE = re.compile(
    r"^From \[(?P<page>[^\]]+):(?P<start>\d+)-(?P<end>\d+)\]\(\S+\):\n\n(?P<text>(?:>.*\n)+)", re.MULTILINE
)


def questions() -> list[str]:
    """Make questions of the notes' own headings and sentences, in turn."""
    pages = read_corpus(NOTES).pages
    headings = [section.headings[-1] for page in pages for section in split_sections(parse_page(page))]
    sentences = [match[1] for page in pages for match in _SENTENCE.finditer(page.text)]
    mixed = (text for pair in zip_longest(headings, sentences) for text in pair if text)
    return list(islice(dict.fromkeys(mixed), QUESTIONS))


def lines_of(page: str, start: int, end: int) -> bytes:
    lines = _LINE.findall((NOTES / page).read_bytes())
    return b"".join(lines[start - 1 : end]).rstrip(b"\r\n")


async def test_excerpts_for_200_questions_are_the_files_bytes(shipped: httpx.AsyncClient) -> None:
    asked = questions()
    assert len(asked) == QUESTIONS
    shown = 0
    for question in asked:
        body = (await shipped.get("/ask", params={"q": question, "run": "off"})).json()
        for excerpt in body["excerpts"]:
            expected = lines_of(excerpt["page"], excerpt["start_line"], excerpt["end_line"])
            assert excerpt["text"].encode() == expected, (question, excerpt["page"])
            shown += 1
        for citation in body["answer"]["citations"] if body["answer"] else ():
            cited = body["excerpts"][citation["excerpt"] - 1]
            assert cited["page"] == citation["page"]
            assert cited["start_line"] <= citation["start_line"] <= citation["end_line"] <= cited["end_line"]
    assert shown >= QUESTIONS * 5


async def test_quotes_of_the_markdown_answer_are_the_files_bytes(shipped: httpx.AsyncClient) -> None:
    shown = 0
    for question in questions()[::5]:
        text = (await shipped.get("/ask", params={"q": question, "run": "off", "format": "md"})).text
        first_is_cut = "was cut here" in text
        for place in list(_PLACE.finditer(text))[1 if first_is_cut else 0 :]:
            expected = lines_of(place["page"], int(place["start"]), int(place["end"]))
            assert unquoted(place["text"].splitlines()) == expected, (question, place["page"])
            shown += 1
    assert shown >= 150


def unquoted(lines: Sequence[str]) -> bytes:
    def bare() -> Iterator[str]:
        for line in lines:
            assert line.startswith("> ") or line == ">"
            yield line.removeprefix(">").removeprefix(" ")

    return "\n".join(bare()).encode()

"""Read question sets: a file of questions about the notes, or a folder in the BEIR layout with documents of its own.

A line of a question file is JSON with `_id`, `text` and what a right answer holds: `must_include_each_any` (lists of
which each must have one of its strings in the answer or the first excerpt) or `metadata.answers` (any of which the
direct answer must hold). A BEIR folder has `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`; a document that is a
whole Markdown page is indexed as one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Page
from corpus.markdown import parse_page
from corpus.sources import Corpus, pages_of
from service.evaluation.errors import SetNotReadable


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is known of its answer."""

    id: str
    text: str
    must_include_each_any: tuple[tuple[str, ...], ...] = ()
    answers: tuple[str, ...] = ()
    relevant_pages: tuple[tuple[str, int], ...] = ()
    """Pages with their grade."""
    answerable: bool | None = None
    """None when the set does not say."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, with the documents they are about; `corpus` is None when they are about the notes."""

    name: str
    cases: tuple[Case, ...]
    corpus: Corpus | None


def read_set(path: Path) -> QuestionSet:
    """Read a question file or a BEIR folder. Raises SetNotReadable."""
    if path.is_dir():
        return _read_beir(path)
    return QuestionSet(path.stem, tuple(_case(record, {}) for record in _records(path)), None)


def _read_beir(folder: Path) -> QuestionSet:
    grades = _grades(folder / "qrels" / "test.tsv")
    cases = tuple(_case(record, grades) for record in _records(folder / "queries.jsonl"))
    texts = {str(record["_id"]): _page_text(record) for record in _records(folder / "corpus.jsonl")}
    fingerprint = f"{folder.name}:{len(texts)}:{sum(map(len, texts.values()))}"
    return QuestionSet(folder.name, cases, Corpus(pages_of(texts), (), fingerprint))


def _page_text(record: dict[str, Any]) -> str:
    """Return a document as a page: its title becomes the heading of a text that has none."""
    text, title = str(record["text"]), str(record.get("title") or "")
    tokens = parse_page(Page("", "", text)).tokens
    whole = any(token.type in ("heading_open", "front_matter") for token in tokens)
    return text if whole or not title else f"# {title}\n\n{text}"


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        for line in lines:
            query, document, grade = line.split("\t")
            grades.setdefault(query, {})[document] = int(grade)
    except (OSError, ValueError) as error:
        raise SetNotReadable(path, str(error)) from error
    return grades


def _case(record: dict[str, Any], grades: dict[str, dict[str, int]]) -> Case:
    metadata = record.get("metadata") or {}
    relevant = tuple((page, grade) for page, grade in grades.get(str(record["_id"]), {}).items() if grade > 0)
    answerable = metadata.get("answerable")
    return Case(
        str(record["_id"]),
        str(record["text"]),
        tuple(tuple(group) for group in record.get("must_include_each_any", ())),
        tuple(metadata.get("answers", ())),
        relevant,
        True if relevant and answerable is None else answerable,
    )


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                yield _record(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise SetNotReadable(path, str(error)) from error


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise SetNotReadable(path, f"line {number} is not JSON: {error}") from error
    if not isinstance(record, dict) or "_id" not in record or "text" not in record:
        raise SetNotReadable(path, f"line {number} needs `_id` and `text`")
    return record

"""Terms and BM25 over them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import LONGEST_TERM, STOP_WORDS, content_terms, terms
from index.database import PLACE_BITS
from index.lexical import LexicalIndex, build_lexical, update_lexical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running tasks", ["run", "task"]),
        ("asyncio.gather", ["asyncio.gather", "asyncio", "gather"]),
        ("map_batches", ["map_batches", "map", "batch"]),
        ("BaseModel", ["basemodel", "base", "model"]),
        ("HTTPServer2", ["httpserver2", "http", "server"]),
        ("--no-build", ["no-build", "no", "build"]),
        ("Python's", ["python"]),
        ("3.11", ["3.11", "11"]),
        ("`x`, (y)!", ["x", "y"]),
        ("naïve Größe", ["naïv", "größe"]),
        ("日本語", ["日本", "本語"]),
        ("水", ["水"]),
        ("asyncioの説明", ["asyncio", "の説", "説明"]),
        ("", []),
        ("🍵 -- ...", []),
    ],
)
def test_terms_are_stems_and_identifiers_whole_and_in_parts(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_long_run_without_blanks_keeps_all_its_pairs() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(500))
    assert len(terms(text)) == 499


def test_content_terms_leave_out_stop_words_and_repetition() -> None:
    assert content_terms("How do I use the queue of a Queue?") == ["queue"]
    assert content_terms(" ".join(sorted(STOP_WORDS))) == []


@given(st.text(max_size=200))
def test_terms_of_any_text_can_be_indexed(text: str) -> None:
    found = terms(text)
    assert all(term and not any(letter.isspace() for letter in term) for term in found)
    assert all(len(term) <= 3 * LONGEST_TERM for term in found)


def built(folder: Path, rows: list[str]) -> LexicalIndex:
    build_lexical(folder, documents(enumerate(rows)))
    return opened(folder)


def documents(rows: Iterable[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Give each row a body of its own, so that row and body are the same number."""
    return [(row << PLACE_BITS, terms(text)) for row, text in rows]


def opened(folder: Path) -> LexicalIndex:
    return LexicalIndex.open(folder, lambda places: places >> PLACE_BITS)


def test_rows_with_rarer_and_more_terms_come_first(tmp_path: Path) -> None:
    index = built(tmp_path / "terms", ["a task and a task", "a queue", "a task in a queue", "nothing else"])
    rows, scores = index.search(terms("queue task"), 10)
    assert rows[0] == 2
    assert set(rows) == {0, 1, 2}
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_search_is_limited_and_empty_without_terms(tmp_path: Path) -> None:
    index = built(tmp_path / "terms", ["task one", "task two", "task three"])
    assert len(index.search(["task"], 2)[0]) == 2
    assert [len(index.search(terms, 5)[0]) for terms in ([], ["unknown"])] == [0, 0]


def test_index_of_no_rows_finds_nothing(tmp_path: Path) -> None:
    assert [len(part) for part in built(tmp_path / "terms", []).search(["task"], 5)] == [0, 0]


def test_document_frequency_counts_rows(tmp_path: Path) -> None:
    index = built(tmp_path / "terms", ["task task", "task", "queue"])
    assert (index.document_frequency("task"), index.document_frequency("none")) == (2, 0)


def test_equal_rows_rank_in_their_order(tmp_path: Path) -> None:
    index = built(tmp_path / "terms", ["same words"] * 50)
    assert index.search(["word"], 50)[0].tolist() == list(range(50))


def test_search_within_bodies_finds_only_theirs_with_the_same_scores(tmp_path: Path) -> None:
    index = built(tmp_path / "terms", ["task one", "task two task", "task three", "nothing"])
    scores = dict(zip(*index.search(["task"], 10), strict=True))
    assert dict(zip(*index.search(["task"], 10, [1, 2, 3]), strict=True)) == pytest.approx(
        {row: score for row, score in scores.items() if row in (1, 2)}
    )
    assert [len(part) for part in index.search(["task"], 10, [])] == [0, 0]


def test_update_takes_bodies_out_and_puts_new_ones_in_and_leaves_the_older_index_alone(tmp_path: Path) -> None:
    older = built(tmp_path / "older", ["task one", "task two", "queue"])
    files = {path.name: path.read_bytes() for path in (tmp_path / "older").iterdir()}
    update_lexical(tmp_path / "older", tmp_path / "newer", [1], documents([(3, "a task in a queue"), (4, "tea")]))
    newer = opened(tmp_path / "newer")
    assert sorted(newer.search(["task"], 10)[0]) == [0, 3]
    assert sorted(newer.search(["queue"], 10)[0]) == [2, 3]
    assert newer.search(["tea"], 10)[0] == [4]
    assert sorted(older.search(["task"], 10)[0]) == sorted(opened(tmp_path / "older").search(["task"], 10)[0]) == [0, 1]
    assert {path.name: path.read_bytes() for path in (tmp_path / "older").iterdir()} == files

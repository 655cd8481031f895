"""What was asked and reported is kept for a while, without who it was, and never in an answer's way."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.answers import Answer, Question
from service.errors import ReportNotKept
from service.question_log import Logged, QuestionLog
from service.settings import PROJECT

KEPT = timedelta(days=90)


def an_answer(text: str, *, answered: bool = False, goal: str = "", scope: str = "site") -> Answer:
    question = Question(text, goal, "", scope, 5)  # type: ignore[arg-type]
    return Answer(question, answered, 0.2, "", None, (), (), (), ())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "questions.sqlite3"


def opened(path: Path, logged: Logged = "unanswered") -> QuestionLog:
    return QuestionLog.open(path, logged, KEPT)


@pytest.fixture
def log(path: Path) -> Iterator[QuestionLog]:
    log = opened(path)
    yield log
    log.close()


def asked(log: QuestionLog) -> dict[str, int]:
    return {each.question: each.times for each in log.unanswered(100)}


def rows(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM questions").fetchone()[0])


def test_question_that_is_asked_again_is_counted(log: QuestionLog) -> None:
    for text in ("Why?", "How?", "Why?"):
        log.note(an_answer(text), "v1")
    assert asked(log) == {"Why?": 2, "How?": 1}


def test_question_that_is_answered_later_is_no_gap(log: QuestionLog) -> None:
    log.note(an_answer("Why?"), "v1")
    log.note(an_answer("Why?", answered=True), "v2")
    assert asked(log) == {}


@pytest.mark.parametrize(("logged", "kept"), [("none", 0), ("unanswered", 1), ("all", 2)])
def test_setting_says_which_questions_are_kept(path: Path, logged: Logged, kept: int) -> None:
    log = opened(path, logged)
    log.note(an_answer("Why?"), "v1")
    log.note(an_answer("What?", answered=True), "v1")
    assert set(asked(log)) == ({"Why?"} if kept else set())
    log.close()
    assert rows(path) == kept


def test_question_within_one_page_is_no_gap_of_the_notes(log: QuestionLog) -> None:
    log.note(an_answer("Why?", scope="page"), "v1")
    assert asked(log) == {}


def test_entries_go_when_their_time_is_over(path: Path) -> None:
    today = datetime(2026, 5, 1, tzinfo=UTC)

    def on(day: datetime) -> QuestionLog:
        return QuestionLog.open(path, "unanswered", KEPT, now=lambda: day)

    old = on(today - KEPT - timedelta(days=1))
    old.note(an_answer("Old?"), "v1")
    old.report("old report", "a.md", "")
    old.close()
    young = on(today - KEPT + timedelta(days=1))
    young.note(an_answer("Young?"), "v1")
    young.close()
    log = on(today)
    assert asked(log) == {"Young?": 1}
    assert log.reports(10) == ()
    log.close()


def test_entries_go_when_their_time_is_over_though_nothing_new_comes(path: Path) -> None:
    today = datetime(2030, 1, 1, tzinfo=UTC)
    log = QuestionLog.open(path, "unanswered", KEPT, now=lambda: today)
    log.note(an_answer("Why?"), "v1")
    log.report("Wrong.", "page.md", "")
    assert asked(log) == {"Why?": 1}
    today += KEPT + timedelta(days=1)
    assert (asked(log), log.reports(10)) == ({}, ())
    log.close()
    assert rows(path) == 0


def test_file_is_its_owners_alone(path: Path, log: QuestionLog) -> None:
    log.note(an_answer("Why?"), "v1")
    assert asked(log)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from service.answers import Answer, Question
from service.question_log import QuestionLog
log = QuestionLog.open(Path(sys.argv[1]), "unanswered", timedelta(days=90))
for number in range(150):
    log.note(Answer(Question(f"Question {number % 10}?", "", "", "site", 5), False, 0.1, "", None, (), (), (), ()), "v")
    if number % 50 == 0:
        log.report(f"{sys.argv[2]} {number}", "", "")
log.close()
"""


def test_several_processes_write_and_nothing_is_lost(path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(path)]
    writers = [
        subprocess.Popen([*command, str(number)], cwd=PROJECT, stderr=subprocess.PIPE, text=True) for number in range(3)
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, "")
    log = opened(path)
    assert asked(log) == {f"Question {number}?": 45 for number in range(10)}
    assert len(log.reports(100)) == 9
    log.close()


def full(path: Path) -> QuestionLog:
    """Open a log whose file may not grow any further."""
    QuestionLog.open(path, "unanswered", KEPT).close()
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA max_page_count = 1")
    return QuestionLog(connection, "unanswered", KEPT)


def test_full_disk_costs_the_entry_and_nothing_else(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = full(path)
    for number in range(50):
        log.note(an_answer(f"{'long ' * 400}{number}?"), "v1")
    assert len(asked(log)) < 50
    with pytest.raises(ReportNotKept):
        log.report("x" * 100_000, "a.md", "")
    log.close()
    assert "full" in caplog.text


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 5_000])
def test_damaged_file_is_put_aside_and_a_new_one_begun(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    log = opened(path)
    log.note(an_answer("Why?"), "v1")
    assert asked(log) == {"Why?": 1}
    log.close()
    assert path.with_name("questions.sqlite3.damaged-1").read_bytes() == content


def test_file_out_of_reach_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    log = opened(tmp_path / "data" / "questions.sqlite3")
    log.note(an_answer("Why?"), "v1")
    assert asked(log) == {}
    with pytest.raises(ReportNotKept):
        log.report("x", "", "")
    log.close()


def test_log_that_is_closed_takes_no_more_and_raises_nothing(path: Path) -> None:
    log = opened(path)
    log.close()
    log.note(an_answer("Why?"), "v1")
    assert log.unanswered(10) == ()
    assert rows(path) == 0

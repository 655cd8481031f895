"""The ledger keeps results across restarts and processes, and never lets its own troubles out."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from service.ledger import Ledger, run_key
from service.runs import Run
from service.sandbox import Lane, Limits

RUN = Run(
    "ok",
    exit_code=0,
    stdout="1\n☃\ud800",
    clock="virtual",
    virtual_seconds=2.0,
    lanes=(Lane("main", ((0.0, 0.001), (2.0, 2.001)), "done"),),
    verified_at="2026-01-01T00:00:00+00:00",
)


Opener = Callable[[Path], Ledger]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def open_ledger() -> Iterator[Opener]:
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(Ledger.open(path)))


def test_result_survives_a_restart(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    ledger.put("key", RUN)
    ledger.close()
    assert open_ledger(path).get("key") == RUN
    assert open_ledger(path).get("other") is None


def test_newer_result_replaces_the_older(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    ledger.put("key", Run("error"))
    ledger.put("key", RUN)
    assert ledger.get("key") == RUN


def test_key_changes_with_everything_that_a_result_depends_on() -> None:
    keys = {
        run_key("print(1)", "python", "real", Limits(), "python 3.11.2"),
        run_key("print(2)", "python", "real", Limits(), "python 3.11.2"),
        run_key("print(1)", "javascript", "real", Limits(), "python 3.11.2"),
        run_key("print(1)", "python", "virtual", Limits(), "python 3.11.2"),
        run_key("print(1)", "python", "real", Limits(wall_seconds=1), "python 3.11.2"),
        run_key("print(1)", "python", "real", Limits(), "python 3.12.0"),
    }
    assert len(keys) == 6


def test_another_process_reads_what_one_writes(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    ledger.put("before", RUN)
    reader = (
        "import sys; from pathlib import Path; from service.ledger import Ledger\n"
        f"ledger = Ledger.open(Path({str(path)!r}))\n"
        "print(ledger.get('before').status, flush=True)\n"
        "sys.stdin.readline()\n"
        "print(ledger.get('after').status, flush=True)\n"
    )
    command = [sys.executable, "-c", reader]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ok\n"
        ledger.put("after", RUN)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ok\n"


def test_threads_write_and_read_at_once(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    problems: list[str] = []

    def work(number: int) -> None:
        for count in range(20):
            ledger.put(f"{number}-{count}", RUN)
            if ledger.get(f"{number}-{count}") != RUN:
                problems.append(f"{number}-{count}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize("damage", [b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_damaged_file_is_moved_aside(
    open_ledger: Opener, path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    ledger = open_ledger(path)
    ledger.put("key", RUN)
    ledger.close()
    assert "damaged" in caplog.text
    assert path.with_name("ledger.sqlite3.damaged-1").read_bytes() == damage
    assert open_ledger(path).get("key") == RUN


def test_ledger_of_another_format_is_begun_anew(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    ledger.put("key", RUN)
    ledger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert open_ledger(path).get("key") is None


def test_result_is_kept_in_memory_when_the_disk_is_full(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute("CREATE TABLE runs (key TEXT PRIMARY KEY, status TEXT, verified_at TEXT, result TEXT)")
    connection.commit()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    ledger = Ledger(connection)
    large = Run("ok", stdout="x" * 100_000)
    with caplog.at_level(logging.WARNING):
        ledger.put("key", large)
    assert "full" in caplog.text
    assert ledger.get("key") == large
    ledger.close()


def test_folder_that_cannot_be_made_leaves_memory(
    open_ledger: Opener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    ledger = open_ledger(tmp_path / "file" / "ledger.sqlite3")
    ledger.put("key", RUN)
    assert "in memory only" in caplog.text
    assert ledger.get("key") == RUN


def test_row_that_cannot_be_read_is_not_known(
    open_ledger: Opener, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = open_ledger(path)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO runs VALUES ('key', 'ok', '', '{\"unknown\": 1}')")
    connection.close()
    assert ledger.get("key") is None
    assert "cannot be read" in caplog.text


def test_closed_ledger_works_in_memory(open_ledger: Opener, path: Path) -> None:
    ledger = open_ledger(path)
    ledger.close()
    ledger.put("key", RUN)
    assert ledger.get("key") == RUN

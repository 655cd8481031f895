"""How the examples of an index stand: found out once, kept, and dropped as soon as it may be wrong or is of no use."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Thread

import pytest

from index.build import build_index
from index.store import open_index
from service import kept_standings, standings
from service.examples import ExampleRunner
from service.ledger import Ledger
from service.page_examples import PageExamples
from service.runs import Run
from service.sandbox import Limits, Outcome
from service.standing import Standing
from service.standings import Standings
from service.upkeep import prove_missing
from tests.index.words import WordEmbedder
from tests.service.fake_sandbox import PRINTED_ONE, FakeSandbox

PAGE = "# Page\n\n```python\nx = 1\n```\n\n```python\nprint(x)  # -> 1\n```\n\n```python\nimport aiohttp\n```\n"


class Notes:
    """Notes with their ledger, as one process after the other sees them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.sandbox = FakeSandbox(PRINTED_ONE)
        self.ledger_file = folder / "ledger.sqlite3"
        self.write(PAGE)

    def write(self, text: str) -> None:
        (self.folder / "notes").mkdir(exist_ok=True)
        (self.folder / "notes" / "page.md").write_text(text, encoding="utf-8")
        build_index(self.folder / "notes", self.folder / "data", WordEmbedder())

    def standings(self, limits: Limits = Limits()) -> Standings:  # noqa: B008  (frozen)
        """Open everything anew."""
        index = self.stack.enter_context(closing(open_index(self.folder / "data")))
        ledger = self.stack.enter_context(closing(Ledger.open(self.ledger_file)))
        runner = ExampleRunner(self.sandbox, ledger, limits)
        runner.use_pages(PageExamples(index))
        return Standings(index, runner, ledger.standings)

    def rows(self, table: str) -> int:
        with closing(sqlite3.connect(self.ledger_file)) as connection:
            count = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  (a name of ours)
        return int(count)

    def age(self, days: int) -> None:
        """Let the ledger be as if nobody had looked at it for so long."""
        with closing(sqlite3.connect(self.ledger_file)) as connection:
            connection.execute("UPDATE standings SET seen_on = date('now', ?)", (f"-{days} days",))
            connection.execute("UPDATE runs SET verified_at = date('now', ?)", (f"-{days} days",))
            connection.execute("UPDATE runs SET result = json_set(result, '$.verified_at', verified_at)")
            connection.commit()


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    with ExitStack() as stack:
        yield Notes(tmp_path, stack)


def told(of: Standings) -> list[tuple[str, str | None]]:
    return [(place.standing.status, place.standing.verdict) for place in of.read()]


def test_examples_stand_as_their_runs_say(notes: Notes) -> None:
    before = notes.standings()
    assert told(before) == [("not_run", None), ("not_run", None), ("not_runnable", "undeclared")]
    asyncio.run(prove_missing(before, 2))
    proven = [("ok", "ok"), ("ok", "ok"), ("not_runnable", "undeclared")]
    assert told(before) == proven
    assert told(notes.standings()) == proven


def test_example_that_was_looked_at_before_it_ran_is_run_all_the_same(notes: Notes) -> None:
    opened = notes.standings()
    asked = Standings(opened.index, opened.runner, opened._kept, lambda: "no result has changed")
    assert asked.counts() == {"not_run": 2, "not_runnable": 1}
    asyncio.run(prove_missing(asked, 1))
    assert len(notes.sandbox.programs) == 2


def test_examples_wait_while_others_are_to_come_first(notes: Notes) -> None:
    async def prove() -> tuple[int, int]:
        quiet = asyncio.Event()
        proving = asyncio.create_task(prove_missing(notes.standings(), 1, None, quiet.wait))
        await asyncio.sleep(0.1)
        before = len(notes.sandbox.programs)
        quiet.set()
        await proving
        return before, len(notes.sandbox.programs)

    assert asyncio.run(prove()) == (0, 2)


def test_what_is_kept_is_not_put_together_again(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(prove_missing(notes.standings(), 2))
    monkeypatch.setattr("service.examples.assemble", pytest.fail)
    again = notes.standings()
    assert [status for status, _ in told(again)] == ["ok", "ok", "not_runnable"]
    asyncio.run(prove_missing(again, 2))


def test_new_result_of_any_process_is_told_at_once(notes: Notes) -> None:
    first, other = notes.standings(), notes.standings()
    asyncio.run(prove_missing(first, 1))
    notes.sandbox.outcome = Outcome("error", exit_code=1, stderr="ValueError: no", interpreter="python 3.11.2")
    example = other.index.page_examples("page.md")[1]
    asyncio.run(other.runner.run(example))
    assert told(first)[1] == told(other)[1] == ("error", "failed")


def test_result_put_by_another_process_while_a_standing_is_kept_is_not_missed(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, others = (notes.stack.enter_context(closing(Ledger.open(notes.ledger_file))) for _ in range(2))
    ours.put("run", Run("ok", verified_at="at first"))
    putting = Thread(target=others.put, args=("run", Run("error", verified_at="later")))
    look = kept_standings._verified_at

    def look_and_be_overtaken(connection: sqlite3.Connection, run: str) -> str | None:
        found = look(connection, run)
        putting.start()
        putting.join(0.2)
        return found

    monkeypatch.setattr(kept_standings, "_verified_at", look_and_be_overtaken)
    ours.standings.keep(b"key", Standing("ok"), {"run": "at first"})
    putting.join()
    assert ours.get("run") == Run("error", verified_at="later")
    assert ours.standings.all() == {}


def test_standing_is_not_told_when_the_page_above_the_example_changes(notes: Notes) -> None:
    asyncio.run(prove_missing(notes.standings(), 1))
    notes.write(PAGE.replace("x = 1\n", "y = 2\n"))
    assert told(notes.standings())[1] == ("not_runnable", "undeclared")


def test_standing_is_not_told_when_the_limits_change(notes: Notes) -> None:
    asyncio.run(prove_missing(notes.standings(), 1))
    assert told(notes.standings(Limits(wall_seconds=1.5)))[1] == ("not_run", None)


def test_standing_is_not_told_when_the_code_that_judges_changes(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(prove_missing(notes.standings(), 1))
    monkeypatch.setattr("service.examples.code_version", lambda: "another")
    assert len(notes.standings().missing()) == 3


def test_one_call_looks_up_no_more_than_so_many_and_the_next_goes_on(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "LOOKED_UP_AT_ONCE", 1)
    monkeypatch.setattr("service.verdicts.ASSEMBLERS", {})
    notes.write("# Page\n\n" + "```sh\nls\n```\n\n" * 3)
    some = notes.standings()
    assert [[status for status, _ in told(some)].count("not_runnable") for _ in range(4)] == [1, 2, 3, 3]


def test_all_are_looked_up_for_who_takes_the_time(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "LOOKED_UP_AT_ONCE", 1)
    asyncio.run(prove_missing(notes.standings(), 1))
    monkeypatch.setattr("service.examples.code_version", lambda: "another")
    opened = notes.standings()
    opened.look_up_all()
    assert opened.counts() == {"ok": 2, "not_runnable": 1}


def test_results_that_no_example_has_stood_on_for_long_are_dropped(notes: Notes) -> None:
    asyncio.run(prove_missing(notes.standings(), 1))
    assert (notes.rows("runs"), notes.rows("standings")) == (2, 3)
    notes.write("# Page\n\n```python\nprint(3)\n```\n")
    notes.age(kept_standings.KEPT_DAYS - 1)
    asyncio.run(prove_missing(notes.standings(), 1))
    assert notes.rows("runs") == 3
    notes.age(kept_standings.KEPT_DAYS + 1)
    asyncio.run(prove_missing(notes.standings(), 1))
    assert [notes.rows(table) for table in ("runs", "standings", "stood_on")] == [1, 1, 1]


def test_old_results_that_examples_stand_on_are_kept_whatever_else_changed(
    notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(prove_missing(notes.standings(), 1))
    notes.age(kept_standings.KEPT_DAYS * 10)
    monkeypatch.setattr("service.examples.code_version", lambda: "a newer askmd")
    ran = len(notes.sandbox.programs)
    asyncio.run(prove_missing(notes.standings(), 1))
    assert (len(notes.sandbox.programs), notes.rows("runs")) == (ran, 2)


def test_ledger_that_cannot_be_had_costs_nothing_but_time(notes: Notes) -> None:
    index = notes.stack.enter_context(closing(open_index(notes.folder / "data")))
    ledger = Ledger(None)
    runner = ExampleRunner(notes.sandbox, ledger)
    runner.use_pages(PageExamples(index))
    without = Standings(index, runner, ledger.standings)
    asyncio.run(prove_missing(without, 1))
    assert [status for status, _ in told(without)] == ["ok", "ok", "not_runnable"]

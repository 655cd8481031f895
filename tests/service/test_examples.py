"""The runner with a sandbox that only remembers, and once, over the shipped notes, with the real one."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from service.examples import ExampleRunner
from service.ledger import Ledger
from service.runs import ProvenExample
from service.sandbox import Outcome, Program, Sandbox, SandboxStatus
from tests.service.fake_sandbox import PRINTED_ONE, FakeSandbox

NOTES = Path(__file__).parents[2] / "corpus" / "notes"


def page_examples(text: str) -> tuple[Example, ...]:
    return extract_examples(parse_page(Page("page.md", "Page", text)), ())


def python_blocks(*blocks: str) -> tuple[Example, ...]:
    return page_examples("".join(f"```python\n{block}\n```\n\n" for block in blocks))


@pytest.fixture
def sandbox() -> FakeSandbox:
    return FakeSandbox(PRINTED_ONE)


@pytest.fixture
def runner(sandbox: FakeSandbox, tmp_path: Path) -> Iterator[ExampleRunner]:
    ledger = Ledger.open(tmp_path / "ledger.sqlite3")
    yield ExampleRunner(sandbox, ledger)
    ledger.close()


def test_run_is_kept_and_found_again(runner: ExampleRunner) -> None:
    (example,) = python_blocks("print(1)  # -> 1")
    assert runner.cached(example).run is None
    proven = asyncio.run(runner.run(example))
    assert proven.run is not None
    assert (proven.run.status, proven.run.matches_expected, proven.run.python) == ("ok", True, "3.11.2")
    assert proven.run.verified_at is not None
    assert proven.run.verified_at.endswith("+00:00")
    assert runner.cached(example) == proven


def test_examples_with_one_program_are_judged_each_by_its_own_claim(runner: ExampleRunner) -> None:
    first, second = page_examples(
        "```python\nf = print(1)\n```\n\n```text\n1\n```\n\n```python\nf = print(1)\n```\n\n```text\n2\n```\n"
    )
    asyncio.run(runner.run(first))
    assert [runner.cached(each).as_expected for each in (first, second)] == [True, False]


def test_what_a_page_lends_is_used_after_use_pages(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    examples = python_blocks("x = 1", "print(x)")
    assert runner.cached(examples[1]).assembly.program is None
    runner.use_pages({"page.md": examples})
    proven = asyncio.run(runner.run(examples[1]))
    assert sandbox.programs[0].code == "x = 1\n\nprint(x)\n"
    assert [str(each) for each in proven.assembly.added] == [
        "definition `x = 1` (page.md:2-2): `x` is defined there, and not in the block"
    ]


def test_block_that_cannot_run_is_not_sent_to_the_sandbox(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    proven = asyncio.run(runner.run(python_blocks("import aiohttp")[0]))
    assert proven.run is not None
    assert (proven.run.status, proven.run.reason, proven.run.matches_expected) == (
        "not_runnable",
        "needs package aiohttp",
        None,
    )
    assert sandbox.programs == []
    assert not proven.as_expected


def test_language_without_interpreter_says_what_is_missing(runner: ExampleRunner) -> None:
    (example,) = page_examples("```js\nconsole.log(1)\n```\n")
    run = runner.cached(example).run
    assert run is not None
    assert (run.status, run.reason) == ("not_runnable", "no node")


def test_without_a_sandbox_nothing_runs_and_the_result_says_so(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    sandbox.available = False
    sandbox.status = SandboxStatus("none", "Install bubblewrap.")
    proven = asyncio.run(runner.run(python_blocks("print(1)")[0]))
    assert proven.run is not None
    assert (proven.run.status, proven.run.reason) == ("sandbox_unavailable", "Install bubblewrap.")
    assert sandbox.programs == []


@pytest.mark.parametrize("status", ["sandbox_error", "killed"])
def test_trouble_of_the_sandbox_is_not_kept(runner: ExampleRunner, sandbox: FakeSandbox, status: str) -> None:
    sandbox.outcome = Outcome("sandbox_error") if status == "sandbox_error" else Outcome("killed")
    (example,) = python_blocks("print(1)")
    asyncio.run(runner.run(example))
    assert runner.cached(example).run is None


def test_clock_and_file_name_come_from_the_notes(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    (example,) = page_examples('```python title="tool.py" clock=real\nprint(1)\n```\n')
    asyncio.run(runner.run(example, "virtual"))
    assert (sandbox.programs[0].name, sandbox.programs[0].clock) == ("tool.py", "real")


def test_results_of_the_two_clocks_are_kept_apart(runner: ExampleRunner) -> None:
    (example,) = python_blocks("print(1)")
    asyncio.run(runner.run(example, "real"))
    assert runner.cached(example, "real").run is not None
    assert runner.cached(example, "virtual").run is None


def test_verify_runs_what_is_not_known_and_reports_each(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    pages = {"page.md": python_blocks(*(f"print({number})" for number in range(5)), "import aiohttp")}
    asyncio.run(runner.run(pages["page.md"][0]))
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, proven: ProvenExample) -> None:
        seen.append((done, total))

    proven = asyncio.run(runner.verify(pages, progress, concurrency=2))
    assert [each.example for each in proven] == list(pages["page.md"])
    assert seen == [(number, 6) for number in range(1, 7)]
    assert len(sandbox.programs) == 5
    assert sandbox.most_at_once <= 2
    asyncio.run(runner.verify(pages))
    assert len(sandbox.programs) == 5
    asyncio.run(runner.verify(pages, again=True))
    assert len(sandbox.programs) == 10


def test_every_example_of_the_shipped_notes_is_accounted_for(tmp_path: Path) -> None:
    paths = sorted(NOTES.rglob("*.md"))
    pages = {
        path.relative_to(NOTES).as_posix(): extract_examples(
            parse_page(Page(path.relative_to(NOTES).as_posix(), path.stem, path.read_text())), ()
        )
        for path in paths
    }

    async def verify() -> tuple[ProvenExample, ...]:
        sandbox = await Sandbox.open()
        if not sandbox.available:
            pytest.skip(f"no sandbox here: {sandbox.status.detail}")
        ledger = Ledger.open(tmp_path / "ledger.sqlite3")
        try:
            return await ExampleRunner(sandbox, ledger).verify(pages)
        finally:
            ledger.close()
            await sandbox.close()

    proven = asyncio.run(verify())
    counts = Counter(each.run.status for each in proven if each.run)
    unexpected = [
        (str(each.example), each.run)
        for each in proven
        if each.run and each.run.status != "not_runnable" and not each.as_expected
    ]
    assert unexpected == []
    assert sum(counts.values()) == len(proven)
    assert counts["ok"] >= 55
    assert all(each.assembly.reason for each in proven if each.run and each.run.status == "not_runnable")


class ScriptedSandbox(FakeSandbox):
    """Gives each program the outcome whose key it contains."""

    def __init__(self, outcomes: dict[str, Outcome]) -> None:
        super().__init__(PRINTED_ONE)
        self.outcomes = outcomes

    async def run(self, program: Program, *, batch: bool = False) -> Outcome:
        self.outcome = next((each for key, each in self.outcomes.items() if key in program.code), PRINTED_ONE)
        return await super().run(program, batch=batch)


FAILED = Outcome("error", exit_code=1, stderr="Traceback\nKeyError: 'x'\n", interpreter="python 3.11.2", tier="box")
ONLY_DEFINED = "import asyncio\nasync def main():\n    print(1)"


@pytest.mark.parametrize("outcome", [FAILED, Outcome("timeout", detail="Stopped after 5 s.", tier="box")])
def test_call_that_fails_is_dropped_where_the_code_runs_alone(outcome: Outcome, tmp_path: Path) -> None:
    sandbox = ScriptedSandbox({"asyncio.run(main())": outcome})
    runner = ExampleRunner(sandbox, Ledger.open(tmp_path / "ledger.sqlite3"))
    (example,) = python_blocks(ONLY_DEFINED)
    proven = asyncio.run(runner.run(example))
    assert (proven.assembly.program, proven.assembly.added) == (ONLY_DEFINED + "\n", ())
    assert proven.run is not None
    assert proven.run.status == "ok"
    why = outcome.detail or "KeyError: 'x'"
    assert proven.run.reason == f"The code alone runs; with `asyncio.run(main())` it does not: {why}"
    assert runner.cached(example) == proven


def test_addition_that_fails_is_shown_where_the_notes_state_an_output(tmp_path: Path) -> None:
    sandbox = ScriptedSandbox({"asyncio.run(main())": FAILED, "": Outcome("ok", interpreter="python 3.11.2")})
    runner = ExampleRunner(sandbox, Ledger.open(tmp_path / "ledger.sqlite3"))
    (example,) = page_examples(f"```python\n{ONLY_DEFINED}\n```\n\n```text\n1\n```\n")
    proven = asyncio.run(runner.run(example))
    assert proven.run is not None
    assert (proven.run.status, proven.run.matches_expected) == ("error", False)
    assert [each.what for each in proven.assembly.added] == ["call"]
    assert runner.cached(example) == proven


def test_code_that_fails_both_ways_is_shown_as_it_was_put_together(tmp_path: Path) -> None:
    runner = ExampleRunner(ScriptedSandbox({"print": FAILED}), Ledger.open(tmp_path / "ledger.sqlite3"))
    examples = python_blocks("x = 1", "print(x)")
    runner.use_pages({"page.md": examples})
    proven = asyncio.run(runner.run(examples[1]))
    assert proven.assembly.program == "x = 1\n\nprint(x)\n"
    assert proven.run is not None
    assert proven.run.error == "KeyError: 'x'"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("2", 2.0),
        ("0.5s", 0.5),
        ("500ms", 0.5),
        ("3 seconds", 3.0),
        ("60", 5.0),
        ("0", 5.0),
        ("-1", 5.0),
        ("soon", 5.0),
        ("", 5.0),
        ("1e400", 5.0),
    ],
)
def test_timeout_of_an_example_shortens_the_limit_and_never_lengthens_it(
    runner: ExampleRunner, sandbox: FakeSandbox, asked: str, seconds: float
) -> None:
    (example,) = page_examples(f'```python {{timeout="{asked}"}}\nprint(1)\n```\n')
    asyncio.run(runner.run(example))
    assert sandbox.programs[0].wall_seconds == seconds


def test_example_with_another_timeout_is_run_again(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    for info in ("timeout=1", "timeout=2", "timeout=1"):
        (example,) = page_examples(f"```python {info}\nprint(1)\n```\n")
        asyncio.run(runner.verify({"page.md": [example]}))
    assert [program.wall_seconds for program in sandbox.programs] == [1.0, 2.0]


def test_result_of_another_interpreter_is_not_this_ones(runner: ExampleRunner, sandbox: FakeSandbox) -> None:
    examples = {"page.md": python_blocks("print(1)")}
    asyncio.run(runner.verify(examples))
    sandbox.status = SandboxStatus("box", "", interpreters={"python": "python 3.12.0"})
    assert runner.cached(examples["page.md"][0]).run is None
    asyncio.run(runner.verify(examples))
    sandbox.status = SandboxStatus("box", "", interpreters={"python": "python 3.11.2"})
    asyncio.run(runner.verify(examples))
    assert len(sandbox.programs) == 2


@pytest.mark.parametrize(
    ("code", "only_defines"),
    [
        ("import json\ndef f():\n    return json", True),
        ("class A:\n    def f(self): return 1", True),
        ("def f(): return 1\nf()", False),
        ("x = 1", False),
        ("import json", False),
        ("async def main():\n    pass", False),
    ],
)
def test_block_that_only_defines_says_so(runner: ExampleRunner, code: str, only_defines: bool) -> None:
    (example,) = python_blocks(code)
    proven = asyncio.run(runner.run(example))
    assert proven.run is not None
    assert (proven.run.reason == "It only defines; nothing of it was called.") is only_defines
    assert runner.cached(example) == proven


def test_values_that_earlier_blocks_changed_are_followed_where_the_output_needs_it(tmp_path: Path) -> None:
    outcomes = {"append": Outcome("ok", stdout="[1]\n"), "": Outcome("ok", stdout="[]\n")}
    sandbox = ScriptedSandbox(
        {key: dataclasses.replace(each, interpreter="python 3.11.2") for key, each in outcomes.items()}
    )
    runner = ExampleRunner(sandbox, Ledger.open(tmp_path / "ledger.sqlite3"))
    examples = python_blocks("x = []", "x.append(1)", "print(x)  # -> [1]")
    runner.use_pages({"page.md": examples})
    proven = asyncio.run(runner.run(examples[2]))
    assert proven.as_expected
    assert [each.what for each in proven.assembly.added] == ["definition", "statement"]
    assert runner.cached(examples[2]) == proven


def test_earlier_block_that_changes_a_value_differently_is_run_again(
    runner: ExampleRunner, sandbox: FakeSandbox
) -> None:
    for change in ("x.append(2)", "x.append(3)", "x.append(3)"):
        asyncio.run(runner.verify({"page.md": python_blocks("x = []", change, "print(x)  # -> [5]")}))
    programs = [program.code for program in sandbox.programs if "print(x)" in program.code]
    assert sum("append(3)" in code for code in programs) == 1

"""Warnings about the notes: a few of each kind, how many more, and all of them for who asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.document import ReadWarning, WarningKind
from service.__main__ import main
from service.commands.read_warnings import SHOWN, warning_lines


def alike(kind: WarningKind, count: int) -> list[ReadWarning]:
    return [ReadWarning(f"{kind[:1]}{number}.md", number, kind, f"{kind} {number}") for number in range(1, count + 1)]


def test_warnings_of_one_kind_do_not_hide_those_of_another() -> None:
    mixed = [*alike("missing include", 200), *alike("empty page", 2), *alike("missing include", 1)]
    assert list(warning_lines(mixed)) == [
        "m1.md:1: missing include 1",
        "m2.md:2: missing include 2",
        "m3.md:3: missing include 3",
        "  and 198 more of this kind (missing include), in 198 files",
        "e1.md:1: empty page 1",
        "e2.md:2: empty page 2",
        "  203 warnings; --warnings shows all of them",
    ]


def test_warnings_that_are_asked_for_are_all_shown() -> None:
    many = alike("missing include", 200)
    assert list(warning_lines(many, every=True)) == [str(warning) for warning in many]


def test_line_that_would_stand_for_one_warning_is_that_warning() -> None:
    few = alike("never closed", SHOWN + 1)
    assert list(warning_lines(few)) == [str(warning) for warning in few]


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "notes").mkdir()
    includes = "\n\n".join(f'--8<-- "gone/{number}.py"' for number in range(30))
    (tmp_path / "notes" / "page.md").write_text(f"# Page\n\n{includes}\n", encoding="utf-8")
    return "--notes", str(tmp_path / "notes"), "--data", str(tmp_path / "data")


def test_index_tells_the_warnings_of_unchanged_notes_again(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for _ in range(2):
        assert main(["index", *arguments]) == 0
        told.append(capsys.readouterr().err.splitlines())
    assert told[0] == told[1]
    assert told[0][SHOWN:] == [
        "  and 27 more of this kind (missing include), in 1 file",
        "  30 warnings; --warnings shows all of them",
    ]


@pytest.mark.parametrize("command", ["index", "verify"])
def test_every_warning_can_be_had(command: str, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--warnings", *arguments]) == 0
    assert [line.partition(" is included")[0] for line in capsys.readouterr().err.splitlines()] == [
        f"page.md:{2 * number + 3}: gone/{number}.py" for number in range(30)
    ]


def test_json_holds_every_warning_with_its_kind(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--json", *arguments]) == 0
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert len(warnings) == 30
    assert warnings[-1].items() >= {"path": "page.md", "line": 61, "kind": "missing include"}.items()

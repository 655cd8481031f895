"""`askmd verify --update-outputs` in a real sandbox: it writes what the examples print, and nothing else."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from service.__main__ import main
from service.errors import FileNotWritable
from service.updating.pages import UpdatedPage, read_page_text, write_page
from service.updating.recording import first_line_of, read_record

CASES = Path(__file__).parent / "cases" / "update_outputs"
WRONG = "```python\nprint(1)  # -> 2\n```\n"
RIGHT = "```python\nprint(1)  # -> 1\n```\n"


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of notes with a ledger of its own."""
    monkeypatch.setenv("ASKMD_DATA", str(tmp_path / "data"))
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def verify(notes: Path, *arguments: str) -> int:
    return main(["verify", "--notes", str(notes), *arguments])


def test_each_form_of_a_stated_output_is_rewritten_in_its_own_form(
    notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in CASES.glob("*.before.md"):
        shutil.copy(case, notes / case.name.replace(".before", ""))
    verify(notes, "--update-outputs", "--yes", "--json")
    report = json.loads(capsys.readouterr().out)
    for case in CASES.glob("*.after.md"):
        assert (notes / case.name.replace(".after", "")).read_text() == case.read_text()
    assert {each["example"]: each["reason"] for each in report["updates"]["left"]} == {
        "left.md:4-5": "two runs print different things",
        "left.md:13-13": "it leaves part of its output open (`...`)",
        "left.md:21-21": "it can't be written in the form that it has",
        "left.md:29-29": "it printed nothing",
    }


def test_bytes_beside_the_outputs_stay_as_they_are(notes: Path) -> None:
    text = "# Köter\n\n\n```python\nprint('ß')\n```  \n\n```text\n{}\n```\n\n\n   ü \t"
    ends = ("\n", "\r\n", "\r", "\n")
    kinds = list(zip(("utf-8", "utf-8-sig", "utf-16", "cp1252"), ends, strict=True))
    for number, (encoding, end) in enumerate(kinds):
        page = notes / f"{number}.md"
        page.write_bytes(text.format("x").replace("\n", end).encode(encoding))
        page.chmod(0o640)
    assert verify(notes, "--update-outputs", "--yes") == 0
    for number, (encoding, end) in enumerate(kinds):
        page = notes / f"{number}.md"
        assert page.read_bytes() == text.format("ß").replace("\n", end).encode(encoding)
        assert page.stat().st_mode & 0o777 == 0o640
    assert len(list(notes.iterdir())) == len(kinds)


def test_dry_run_shows_the_change_and_writes_nothing(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (notes / "page.md").write_text(WRONG)
    assert verify(notes, "--update-outputs", "--dry-run", "--yes") == 1
    text = capsys.readouterr().out
    assert "--- a/page.md\n+++ b/page.md\n" in text
    assert "-print(1)  # -> 2\n+print(1)  # -> 1\n" in text
    assert (notes / "page.md").read_text() == WRONG


def test_without_a_terminal_to_ask_on_nothing_is_written(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (notes / "page.md").write_text(WRONG)
    assert verify(notes, "--update-outputs") == 1
    assert "Nothing was written. To write 1 outputs, add --yes." in capsys.readouterr().err
    assert (notes / "page.md").read_text() == WRONG


@pytest.mark.parametrize(("reply", "text", "code"), [("y\n", RIGHT, 0), ("\n", WRONG, 1)])
def test_on_a_terminal_it_asks_first(
    notes: Path, monkeypatch: pytest.MonkeyPatch, reply: str, text: str, code: int
) -> None:
    (notes / "page.md").write_text(WRONG)
    terminal = io.StringIO(reply)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert verify(notes, "--update-outputs") == code
    assert (notes / "page.md").read_text() == text


def test_page_that_changed_in_the_meantime_is_left(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("before")
    page = UpdatedPage(read_page_text(file), "after", (), ())
    file.write_text("somebody else's")
    with pytest.raises(FileNotWritable, match="it has changed in the meantime"):
        write_page(page)
    assert file.read_text() == "somebody else's"


def test_page_behind_a_link_is_written_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("before")
    link = tmp_path / "page.md"
    link.symlink_to("real.md")
    write_page(UpdatedPage(read_page_text(link), "after", (), ()))
    assert link.is_symlink()
    assert (tmp_path / "real.md").read_text() == "after"


def test_page_that_is_not_in_the_notes_is_wrong_usage(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (notes / "page.md").write_text(RIGHT)
    assert verify(notes, "pge.md") == 2
    assert "PAGE: 'pge.md' is not in the notes" in capsys.readouterr().err


def test_first_line_of_code_in_a_string_counts_in_the_string() -> None:
    assert first_line_of("b\n", "a\nb\n") == 2
    assert first_line_of("b\n", "SOURCE = '''\\\na\nb\n'''\nrun()\n") == 2
    assert first_line_of("c\n", "a\nb\n") == 0


def test_code_that_a_page_includes_is_left_to_its_own_file(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (notes / "a.py").write_text("print(1)  # -> 2\n")
    (notes / "page.md").write_text('# Page\n\n```python\n--8<-- "a.py"\n```\n')
    assert verify(notes, "--update-outputs", "--yes") == 1
    assert "left as it is: its code stands in another file, a.py:1-1" in capsys.readouterr().out
    assert (notes / "a.py").read_text() == "print(1)  # -> 2\n"


def test_session_that_ends_itself_is_left(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = "```pycon\n>>> 1 + 1\n3\n>>> raise SystemExit\n>>> 5\n6\n```\n"
    (notes / "page.md").write_text(page)
    assert verify(notes, "--update-outputs", "--yes") == 1
    assert "left as it is: the session ended before its last line" in capsys.readouterr().out
    assert (notes / "page.md").read_text() == page


@pytest.mark.parametrize("record", ["", "1", "[1]", '[["text"]]', "[[1, [1]]]", '[["text", ["x"]]]', "[" * 100_000])
def test_record_that_a_program_spoils_is_none(record: str) -> None:
    assert read_record(f"printed\nMARK{record}", "MARK") is None

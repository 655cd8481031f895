"""`python -m service.sandbox` is the same door, for people."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from service.sandbox.__main__ import main

pytestmark = pytest.mark.usefixtures("sandbox")


def test_file_is_run_and_its_output_passed_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hello.py"
    file.write_text("print('hello')")
    assert main([str(file)]) == 0
    out, err = capsys.readouterr()
    assert out == "hello\n"
    assert err.startswith("ok (exit 0, ")


def test_program_from_standard_input_fails_with_its_outcome_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("raise SystemExit(3)"))
    assert main(["-", "--json"]) == 1
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["status"], outcome["exit_code"]) == ("error", 3)


def test_missing_file_is_the_caller_s_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["/nowhere.py"])
    assert "can't read /nowhere.py" in capsys.readouterr().err

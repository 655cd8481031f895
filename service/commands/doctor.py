"""`askmd doctor`: how examples are confined on this machine, why not better, and what that does not stop."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from rich.console import Console
from rich.text import Text

from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE, NO_SANDBOX
from service.commands.terminal import results, visible, write_json
from service.sandbox import Program, Sandbox, SandboxStatus
from service.settings import Settings

EXAMPLES = """  askmd doctor                  what holds here, and what to do about the rest
  askmd doctor --json | jq -r .tier"""

FIRST_PROGRAMS = {"python": "print(1)", "javascript": "console.log(1)"}


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(
        subparsers, "doctor", "Say how examples are confined here, and what that does not stop.", EXAMPLES
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try the sandbox and report; 4 when there is none."""
    status, starts = asyncio.run(examine(settings_of(arguments)))
    if arguments.json:
        write_json(findings(status, starts))
    else:
        report(results(), status, starts)
    return NO_SANDBOX if status.tier == "none" else DONE


async def examine(settings: Settings) -> tuple[SandboxStatus, dict[str, str]]:
    """Open the sandbox as the service does; return its state, and how a first program of each language ended."""
    sandbox = await Sandbox.open(settings.run_limits, concurrency=settings.run_concurrency)
    try:
        starts = {}
        for language in sandbox.status.interpreters:
            outcome = await sandbox.run(Program(FIRST_PROGRAMS[language], language))
            starts[language] = f"{outcome.status} in {outcome.duration_ms:.0f} ms"
        return sandbox.status, starts
    finally:
        await sandbox.close()


def findings(status: SandboxStatus, starts: dict[str, str]) -> dict[str, Any]:
    """Return what was found, for programs."""
    return {
        "tier": status.tier,
        "detail": status.detail,
        "control_groups": status.control_groups,
        "bubblewrap": status.bubblewrap,
        "interpreters": dict(status.interpreters),
        "missing": dict(status.missing),
        "first_runs": starts,
        "does_not_stop": list(status.what_it_does_not_stop),
    }


def report(console: Console, status: SandboxStatus, starts: dict[str, str]) -> None:
    """Write what was found, for people."""
    holds = status.tier != "none"
    rows = [
        ("sandbox", status.tier if holds else "none: no example is run", "green" if holds else "red"),
        ("why", status.detail, ""),
        ("bubblewrap", status.bubblewrap, ""),
        ("control groups", _groups(status) if holds else "", ""),
        *((name, f"{version}: {starts.get(name, '')}", "") for name, version in status.interpreters.items()),
        *((name, reason, "yellow") for name, reason in status.missing.items()),
    ]
    for label, text, style in rows:
        if text:
            console.print(Text.assemble((f"{label:>14}  ", "dim"), (visible(text), style)), soft_wrap=True)
    if status.what_it_does_not_stop:
        console.print(Text("It does not stop:"))
        for sentence in status.what_it_does_not_stop:
            console.print(Text(f"  - {sentence}"), soft_wrap=True)


def _groups(status: SandboxStatus) -> str:
    if status.control_groups:
        return "yes: the kernel limits the memory and the processes of a whole run"
    return "none that can be written: a run's memory is watched ten times a second"

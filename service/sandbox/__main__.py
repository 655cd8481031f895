"""`python -m service.sandbox FILE [--json]`: run one program as the service would, and print what came of it.

FILE `-` is standard input. Exit code: 0 for `ok`, 1 for a program that failed, 2 when it was not run.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import sys
from pathlib import Path

from service.sandbox.languages import LANGUAGES, PYTHON
from service.sandbox.outcome import Outcome, Program
from service.sandbox.sandbox import Sandbox

NOT_RUN = {"not_runnable", "sandbox_error", "sandbox_unavailable"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m service.sandbox", description="Run one program in the sandbox.")
    parser.add_argument("file", help="the program, or - for standard input")
    parser.add_argument("--language", choices=sorted(LANGUAGES), help="default: by the file's name, else python")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    options = parser.parse_args(arguments)
    try:
        code = sys.stdin.read() if options.file == "-" else Path(options.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"can't read {options.file}: {error}")
    language = options.language or _language_of(options.file)
    outcome = asyncio.run(_run(Program(code, language, Path(options.file).name)))
    if options.json:
        print(json.dumps(dataclasses.asdict(outcome)))
    else:
        _print(outcome)
    return 0 if outcome.status == "ok" else 2 if outcome.status in NOT_RUN else 1


async def _run(program: Program) -> Outcome:
    sandbox = await Sandbox.open()
    try:
        return await sandbox.run(program)
    finally:
        await sandbox.close()


def _language_of(file: str) -> str:
    suffix = Path(file).suffix
    return next((language.name for language in LANGUAGES.values() if suffix in language.suffixes), PYTHON.name)


def _print(outcome: Outcome) -> None:
    """Show the program's own streams where they belong, and the outcome below them on stderr."""
    sys.stdout.write(outcome.stdout)
    sys.stdout.flush()
    sys.stderr.write(outcome.stderr)
    ended = f"exit {outcome.exit_code}" if outcome.signal is None else f"signal {outcome.signal}"
    how = f" ({ended}, {outcome.duration_ms:.0f} ms, {outcome.interpreter}, {outcome.tier})" if outcome.tier else ""
    print(f"{outcome.status}{how}{': ' + outcome.detail if outcome.detail else ''}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

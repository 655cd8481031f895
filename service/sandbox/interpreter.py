"""Finds the interpreters that the sandbox's user can read and execute, and says where they stand inside the sandbox.

A virtual environment is never used: examples get the standard library alone, so that a result does not depend on what
else is installed. Candidates are tried as the sandbox's user; whether one also works inside is for the canary to show.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.sandbox.identity import Identity

PROBE_SECONDS = 10
PYTHON_PATHS = ("/usr/bin/python3.11", "/usr/bin/python3", "/usr/local/bin/python3")
NODE_PATHS = ("/usr/bin/node", "/usr/local/bin/node", "/usr/bin/nodejs")
NODE_LIBRARY = "/usr/share/nodejs"  # Debian's node reads some of its own modules from here

PYTHON_QUESTION = """
import json, os, platform, site, sys, sysconfig
executable = os.path.realpath(sys.executable)
if not os.access(executable, os.R_OK | os.X_OK):
    sys.exit("setpriv could start it, but only with the rights that it has just given up")
print(json.dumps({
    "version": platform.python_version(), "executable": executable, "prefix": sys.base_prefix,
    "standard_library": sysconfig.get_path("stdlib"), "site_folders": site.getsitepackages(),
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter, and what of the host must be seen inside for it to work."""

    version: str
    executable: str
    """Path inside the sandbox."""
    mounts: tuple[tuple[str, str], ...]
    """(path on the host, path inside), all read-only."""
    hidden: tuple[str, ...] = ()
    """Folders inside that are covered: installed packages."""
    library_path: str = ""
    """Folder inside for the dynamic loader, or nothing."""
    packages: str = ""
    """Folder inside where this Python looks for installed packages when it starts."""
    host_executable: str = ""
    """Path on the host."""
    host_library_path: str = ""
    """Folder on the host for the dynamic loader, or nothing."""


def python_candidates(identity: Identity) -> Iterator[Interpreter]:
    """Yield usable Pythons, best first: the service's own base interpreter, then the system's."""
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    seen = set()
    for path in (str(base), *PYTHON_PATHS):
        answer = _ask([path, "-I", "-S", "-c", PYTHON_QUESTION], identity, _own_libraries(path))
        if answer and (found := _python(json.loads(answer))).mounts not in seen:
            seen.add(found.mounts)
            yield found


def node_candidates(identity: Identity) -> Iterator[Interpreter]:
    """Yield usable Nodes: the one on the service's PATH, then the usual places."""
    paths = (shutil.which("node"), *NODE_PATHS)
    for path in dict.fromkeys(str(Path(path).resolve()) for path in paths if path and Path(path).exists()):
        if answer := _ask([path, "--version"], identity):
            library = ((NODE_LIBRARY, NODE_LIBRARY),) if Path(NODE_LIBRARY).is_dir() else ()
            yield Interpreter(answer.strip().removeprefix("v"), "/usr/bin/node", ((path, "/usr/bin/node"), *library))


def _own_libraries(path: str) -> str:
    """Return the folder of the shared libpython that belongs to the Python at `path`, or nothing.

    Without /proc the loader can't follow a run path that is relative to the executable, and may take another one.
    """
    folder = Path(path).resolve().parent.parent / "lib"
    return str(folder) if any(folder.glob("libpython*.so*")) else ""


def _ask(command: list[str], identity: Identity, library_path: str = "") -> str:
    """Return what `command` prints when the sandbox's user runs it, or nothing when it can't."""
    variables = {"LD_LIBRARY_PATH": library_path} if library_path else {}
    try:
        answer = subprocess.run(  # noqa: S603  (fixed arguments, no shell)
            [*identity.prefix, *command], capture_output=True, text=True, env=variables, cwd="/", timeout=PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout if answer.returncode == 0 else ""


def _python(facts: dict[str, str]) -> Interpreter:
    """Place a Python inside: the system's where it is, any other under /python, so that its host path is not seen."""
    executable, library, prefix = facts["executable"], facts["standard_library"], Path(facts["prefix"])
    if str(prefix) == "/usr":
        mounts = [(executable, executable)]
        root, place = Path("/usr"), Path("/usr")
    else:
        root, place = prefix, Path("/python")
        shared = sorted(prefix.glob("lib/libpython*.so*"))
        sources = [executable, library, *map(str, shared)]
        mounts = [(source, str(place / Path(source).relative_to(root))) for source in sources]
    site_folders = [Path(folder) for folder in facts["site_folders"]]
    visible = [folder for folder in site_folders if folder.is_dir() and folder.is_relative_to(root)]
    covered = [folder for folder in visible if str(root) != "/usr" or folder.is_relative_to("/usr/lib")]
    # Folders on the host, such as /usr/local/…, that are not seen inside at all can be made there.
    packages = [place / folder.relative_to(root) for folder in covered or site_folders if folder.is_relative_to(root)]
    return Interpreter(
        version=facts["version"],
        executable=mounts[0][1],
        mounts=tuple(mounts),
        hidden=tuple(str(place / folder.relative_to(root)) for folder in covered),
        library_path=str(place / "lib") if len(mounts) > 2 else "",
        packages=next((str(folder) for folder in packages), ""),
        host_executable=executable,
        host_library_path=_own_libraries(executable),
    )

"""Builds the argument list of bwrap: a pure function, so that every wall of the sandbox can be read and tested here.

Namespaces are named one by one, because `--unshare-all` goes on without those that it can't have. There is no /proc: it
would show bwrap's own arguments, and more of the kernel than an example needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.sandbox.limits import KIBIBYTE, Limits

INSIDE_ID = "65534"
INSIDE_FOLDER = "/inside"
PACKAGE = "service.sandbox.inside"
WORK_FOLDER = "/tmp"  # noqa: S108  (a private tmpfs inside the sandbox)
SHARED_MEMORY_FOLDER = "/dev/shm"  # noqa: S108  (the same)

NAMESPACES = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",  # absent on old kernels; no cgroup file system is mounted either way
)
# Writes to /proc/sys, which containers often hold read-only; the system call filter refuses new namespaces as well.
NO_NAMESPACES_INSIDE = ("--disable-userns", "--assert-userns-disabled")

# For a parent of runs only: rights over its own namespaces, which each run gives up before it takes a program.
PARENT_RIGHTS = ("CAP_SYS_ADMIN", "CAP_SETPCAP", "CAP_NET_ADMIN")

ENVIRONMENT = {
    "PATH": "/usr/bin",
    "HOME": WORK_FOLDER,
    "PWD": WORK_FOLDER,
    "TMPDIR": WORK_FOLDER,
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # else each thread reserves 64 MiB of the memory limit
}

# What examples call as subprocesses. The shell comes from /bin/sh, whichever that is.
COMMANDS = (
    "cat",
    "date",
    "echo",
    "env",
    "false",
    "head",
    "ls",
    "printf",
    "seq",
    "sleep",
    "sort",
    "tr",
    "true",
    "uname",
    "wc",
)
DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A read-only file inside, filled from an open descriptor: no path of the service is bound for it."""

    descriptor: int
    path: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What one run's sandbox holds beyond what all of them hold."""

    mounts: Sequence[tuple[str, str]]
    hidden: Sequence[str]
    files: Sequence[InlineFile]
    library_path: str
    python: str
    """Path inside of the Python that is called `python` and `python3` there."""
    start: InlineFile | None = None
    """What that Python reads while it starts, in a folder of installed packages."""


def box_arguments(
    bwrap: str,
    scene: Scene,
    limits: Limits,
    *,
    filter_descriptor: int | None,
    command: Sequence[str],
    nested: bool = False,
) -> list[str]:
    """Return the argument list that runs `command` in the box; later mounts cover earlier ones.

    `nested`: go without what needs a writable /proc/sys. Without a filter it is a parent of runs, which keeps the
    rights to confine them, and loads the filter into each.
    """
    is_parent = filter_descriptor is None
    return [
        bwrap,
        *NAMESPACES,
        *(() if nested else NO_NAMESPACES_INSIDE),
        *("--uid", INSIDE_ID, "--gid", INSIDE_ID, "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *(_flat(("--cap-add", right) for right in PARENT_RIGHTS) if is_parent else ()),
        *_environment(scene.library_path),
        *_system(),
        *_flat(("--ro-bind", source, target) for source, target in scene.mounts),
        *_flat(
            ("--perms", "0755", "--size", str(4 * KIBIBYTE), "--tmpfs", path, "--remount-ro", path)
            for path in scene.hidden
        ),
        *_start_file(scene.start),
        *_python_names(scene.python),
        *_devices(limits),
        *("--perms", "1777", "--size", str(limits.temporary_bytes), "--tmpfs", WORK_FOLDER, "--chdir", WORK_FOLDER),
        *_flat(("--perms", "0644", "--file", str(file.descriptor), file.path) for file in scene.files),
        # a run of many gets folders of its own there; one that did not would have nowhere to put its program
        *(("--remount-ro", WORK_FOLDER, "--remount-ro", SHARED_MEMORY_FOLDER) if is_parent else ()),
        *("--remount-ro", "/"),
        *(() if filter_descriptor is None else ("--seccomp", str(filter_descriptor))),
        "--",
        *command,
    ]


def environment(library_path: str) -> dict[str, str]:
    """Return all variables that a program sees."""
    return {**ENVIRONMENT, **({"LD_LIBRARY_PATH": library_path} if library_path else {})}


def _environment(library_path: str) -> list[str]:
    return ["--clearenv", *_flat(("--setenv", name, value) for name, value in environment(library_path).items())]


def _system() -> list[str]:
    """Return the shared libraries and the few commands of the host, read-only."""
    return [
        *("--ro-bind", "/usr/lib", "/usr/lib", "--ro-bind-try", "/usr/lib64", "/usr/lib64"),
        *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin"),
        *_flat(("--ro-bind-try", f"/usr/bin/{name}", f"/usr/bin/{name}") for name in COMMANDS),
        *("--ro-bind-try", "/bin/sh", "/usr/bin/sh", "--dir", "/etc"),
    ]


def _start_file(file: InlineFile | None) -> list[str]:
    """Return a folder of installed packages that holds nothing but the file that Python reads at its start."""
    if file is None:
        return []
    folder = file.path.rpartition("/")[0]
    return [
        *("--perms", "0755", "--size", str(4 * KIBIBYTE), "--tmpfs", folder),
        *("--perms", "0644", "--file", str(file.descriptor), file.path, "--remount-ro", folder),
    ]


def _python_names(python: str) -> list[str]:
    names = [f"/usr/bin/{name}" for name in ("python", "python3") if f"/usr/bin/{name}" != python]
    return list(_flat(("--symlink", python, name) for name in names))


def _devices(limits: Limits) -> list[str]:
    """Return a small read-only /dev; bwrap's own would be writable up to half of the machine's memory."""
    return [
        *("--perms", "0755", "--size", str(64 * KIBIBYTE), "--tmpfs", "/dev"),
        *_flat(("--dev-bind", f"/dev/{name}", f"/dev/{name}") for name in DEVICES),
        *("--perms", "1777", "--size", str(limits.shared_memory_bytes), "--tmpfs", SHARED_MEMORY_FOLDER),
        *("--remount-ro", "/dev"),
    ]


def _flat(groups: Iterable[Iterable[str]]) -> Iterable[str]:
    return (part for group in groups for part in group)

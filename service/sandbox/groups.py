"""Control groups: the kernel's own limits and counters for a whole run, where the service may make groups.

Groups are made below the service's own, so that what it is limited to still holds for all of them together: version 1
(one folder for each of memory and processes) or version 2 (one folder, with both). They are best effort: without them
a run is watched (`memory.py`), and each process has limits of its own either way.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from service.sandbox.limits import MEBIBYTE, Limits
from service.sandbox.memory import INTERVAL_SECONDS
from service.sandbox.outcome import Counters

PREFIX = "askmd-"
SERVICE_GROUP = "askmd-service"
"""In version 2 only groups without processes can share out; the service itself then moves to this one."""
REMOVAL_SECONDS = 2.0
PARENT_BYTES, PARENT_PROCESSES = 32 * MEBIBYTE, 2
"""What a fork server needs beside its run, whose first process is one of the two."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One tree of groups; `folder` is the service's own place in it."""

    folder: Path
    version: int
    controllers: frozenset[str]
    """Of memory and pids, those that this tree limits; none for a tree that only helps to kill."""


@dataclass(slots=True)
class RunGroup:
    """The groups of one run."""

    hierarchies: Sequence[Hierarchy]
    folders: Sequence[Path]

    @property
    def joined(self) -> list[str]:
        """The folders that the run's first process has to join."""
        return [str(folder) for folder in self.folders]

    def kill(self) -> None:
        """Kill all processes at once, where the kernel can."""
        for folder in self.folders:
            with suppress(OSError):
                _write(folder / "cgroup.kill", "1")

    async def until_killed(self, kills_before: int = 0) -> None:
        """Return when the kernel has killed a process for its memory: what is left of a run then counts for nothing."""
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)  # the kernel sends no event for this in version 1
            if self.counters().memory_kills > kills_before:
                return

    def close(self) -> Counters:
        """Read the counters and have the groups removed, whose processes have ended.

        The kernel takes up to ten milliseconds for that, so that it is done aside: nobody waits for it.
        """
        counters = self.counters()
        asyncio.get_running_loop().run_in_executor(None, self.remove)
        return counters

    def remove(self) -> None:
        """Remove the groups, whose processes have ended."""
        for folder in self.folders:
            _remove(folder)

    def counters(self) -> Counters:
        """Return what the kernel has counted so far."""
        kills = refusals = 0
        for hierarchy, folder in zip(self.hierarchies, self.folders, strict=True):
            if "memory" in hierarchy.controllers:
                name = "memory.events" if hierarchy.version == 2 else "memory.oom_control"
                kills = _counter(folder / name, "oom_kill")
            if "pids" in hierarchy.controllers:
                refusals = _counter(folder / "pids.events", "max")
        return Counters(kills, refusals)


@dataclass(slots=True)
class Groups:
    """Makes the groups of runs, below one folder of this service in each tree."""

    hierarchies: Sequence[Hierarchy]
    _locks: list[int] = field(default_factory=list)
    _made: int = 0

    @property
    def folders(self) -> list[str]:
        """The folders that are this service's own."""
        return [str(hierarchy.folder) for hierarchy in self.hierarchies]

    def make(self, limits: Limits, parents: int = 0) -> RunGroup:
        """Make the groups of a run, with room for `parents` of many runs, one at a time. Raises OSError."""
        self._made += 1
        group = RunGroup(self.hierarchies, [hierarchy.folder / f"run-{self._made}" for hierarchy in self.hierarchies])
        try:
            for hierarchy, folder in zip(self.hierarchies, group.folders, strict=True):
                folder.mkdir()
                for name, value in _settings(hierarchy, limits, parents).items():
                    _write(folder / name, value)
        except OSError:
            group.remove()
            raise
        return group

    def close(self) -> None:
        """Remove what is the service's own."""
        for hierarchy in self.hierarchies:
            for left in _folders(hierarchy.folder):
                _remove(left)
            _remove(hierarchy.folder)
        for lock in self._locks:
            os.close(lock)
        self._locks = []


def open_groups(proc: Path = Path("/proc/self")) -> Groups | None:
    """Return what makes groups, or None where none can be made."""
    try:
        hierarchies = list(_hierarchies(proc))
        if frozenset().union(*(hierarchy.controllers for hierarchy in hierarchies)) != {"memory", "pids"}:
            return None
        return _own(hierarchies)
    except (OSError, ValueError) as error:
        logger.info("Runs are watched, not held by control groups: %s", error)
        return None


def _own(hierarchies: Sequence[Hierarchy]) -> Groups:
    """Make this service's folder in each tree, held by a lock for as long as it lives."""
    groups, name = Groups([]), PREFIX + secrets.token_hex(6)
    try:
        for hierarchy in hierarchies:
            _remove_leftovers(hierarchy.folder)
            if hierarchy.version == 2 and hierarchy.controllers:
                _share_out(hierarchy.folder)
            folder = hierarchy.folder / name
            folder.mkdir()
            groups.hierarchies = [*groups.hierarchies, Hierarchy(folder, hierarchy.version, hierarchy.controllers)]
            groups._locks.append(_lock(folder))
            if hierarchy.version == 2 and hierarchy.controllers:
                _write(folder / "cgroup.subtree_control", "+memory +pids")
        groups.make(Limits()).remove()  # a folder may be there, and its files not writable
    except OSError:
        groups.close()
        raise
    return groups


def _hierarchies(proc: Path) -> Iterator[Hierarchy]:
    """Yield the trees in which the service has a place that it may write to."""
    own = {}
    for line in (proc / "cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    for line in (proc / "mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        _, _, _, root, mount_point, *_ = before.split(" ")
        if kind == "cgroup2" and "" in own:
            folder = _own_folder(mount_point, root, own[""])
            have = set((folder / "cgroup.controllers").read_text().split()) & {"memory", "pids"}
            yield Hierarchy(folder, 2, frozenset(have if len(have) == 2 else ()))
        elif kind == "cgroup":
            for controller in {"memory", "pids"} & set(options.replace(" ", ",").split(",")) & own.keys():
                yield Hierarchy(_own_folder(mount_point, root, own[controller]), 1, frozenset({controller}))


def _own_folder(mount_point: str, root: str, own: str) -> Path:
    """Return the folder of the service's own group; a container may see its own as the root."""
    inner = own.removeprefix(root) if root != "/" else own
    folder = Path(mount_point) / inner.lstrip("/")
    return folder.parent if folder.name == SERVICE_GROUP else folder


def _settings(hierarchy: Hierarchy, limits: Limits, parents: int) -> dict[str, str]:
    settings = {}
    if "memory" in hierarchy.controllers:
        limit = str(limits.total_memory_bytes + parents * PARENT_BYTES)
        one = {"memory.limit_in_bytes": limit}
        two = {"memory.max": limit, "memory.swap.max": "0", "memory.oom.group": "0" if parents else "1"}
        settings.update(one if hierarchy.version == 1 else two)
    if "pids" in hierarchy.controllers:
        settings["pids.max"] = str(limits.processes + parents * PARENT_PROCESSES)
    return settings


def _share_out(folder: Path) -> None:
    """Let groups below `folder` have limits; its own processes have to move out of the way for that."""
    control = folder / "cgroup.subtree_control"
    if {"memory", "pids"} <= set(control.read_text().split()):
        return
    try:
        _write(control, "+memory +pids")
    except OSError:
        inner = folder / SERVICE_GROUP
        inner.mkdir(exist_ok=True)
        for process in (folder / "cgroup.procs").read_text().split():
            _write(inner / "cgroup.procs", process)
        _write(control, "+memory +pids")


def _remove_leftovers(folder: Path) -> None:
    """Remove the folders of services that were killed: those of this user that nobody holds a lock of."""
    for left in _folders(folder):
        if left.name == SERVICE_GROUP or not left.name.startswith(PREFIX) or left.stat().st_uid != os.geteuid():
            continue
        try:
            os.close(_lock(left))
        except OSError:
            continue
        for inner in _folders(left):
            _remove(inner, 0)
        _remove(left, 0)


def _lock(folder: Path) -> int:
    """Return a descriptor that holds the lock of `folder`. Raises OSError when another one does, or it is gone."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.stat()
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path, timeout_seconds: float = REMOVAL_SECONDS) -> None:
    """Remove a group; the kernel may need a moment after its last process has been reaped."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() < deadline:
                time.sleep(0.001)
                continue
            logger.error("The control group %s can't be removed: %s", folder, error)
        return


def _folders(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if entry.is_dir() and not entry.is_symlink()]
    except OSError:
        return []


def _counter(file: Path, name: str) -> int:
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return 0
    return next((int(words[1]) for words in lines if words[:1] == [name]), 0)


def _write(file: Path, value: str) -> None:
    descriptor = os.open(file, os.O_WRONLY)  # never makes a file, wherever the folder may be
    try:
        os.write(descriptor, value.encode())
    finally:
        os.close(descriptor)

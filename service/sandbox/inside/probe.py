"""The canary: tries, from inside, what must not be possible, and prints the holes it found as a JSON list.

The service adds a last line that calls `main` with the facts: what there is to be found on the host, and what is set
inside. `main` stands alone: nothing of the project can be imported there.
"""

import asyncio  # noqa: F401  (imported only to see that it can be: an interpreter may be broken inside; so are others)
import ctypes
import errno
import hashlib  # noqa: F401
import json
import multiprocessing  # noqa: F401
import os
import platform
import resource
import socket
import ssl  # noqa: F401
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

CLONE_NEWUSER = 0x10000000
PR_GET_NO_NEW_PRIVS = 39
CAPABILITY_VERSION, RIGHTS_BYTES = 0x20080522, 24
MEMFD_CREATE = {"x86_64": 319, "aarch64": 279}[os.uname().machine]
FIRST_PROCESSES = 100  # numbers that processes inside may have too
DESCRIPTORS = range(3, 256)
ROOT_ENTRIES = {"bin", "dev", "etc", "inside", "lib", "lib64", "python", "tmp", "usr"}


def main(facts: dict[str, Any]) -> None:
    """Print every hole."""
    attempts = {**file_attempts(facts["canary_path"]), **network_attempts(facts["port"])}
    attempts["becomes another user"] = lambda: os.setuid(0)
    if facts["service_process"] > FIRST_PROCESSES or not facts["has_own_system"]:
        attempts["signals the service"] = lambda: os.kill(facts["service_process"], 0)
    for descriptor in DESCRIPTORS:
        attempts[f"holds descriptor {descriptor}"] = partial(os.fstat, descriptor)
    holes = [name for name, attempt in attempts.items() if succeeds(attempt)]
    print(json.dumps(holes + kernel_holes() + setting_holes(facts)))


def succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def file_attempts(canary_path: str) -> dict[str, Callable[[], object]]:
    attempts: dict[str, Callable[[], object]] = {
        "reads a file of the host": lambda: Path(canary_path).read_bytes(),
        "reads /etc/shadow": lambda: Path("/etc/shadow").read_bytes(),
        "sees /proc": lambda: list(Path("/proc").iterdir()),
    }
    for folder in ("/", "/etc", "/usr", "/dev", "/inside"):
        attempts[f"writes in {folder}"] = partial(Path(folder, "canary").write_bytes, b"x")
    return attempts


def network_attempts(port: int) -> dict[str, Callable[[], object]]:
    return {
        "reaches a port of the host": lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(),
        "opens a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close(),
    }


def kernel_holes() -> list[str]:
    libc = ctypes.CDLL(None, use_errno=True)
    holes = []
    rights = ctypes.create_string_buffer(RIGHTS_BYTES)
    if libc.capget(struct.pack("Ii", CAPABILITY_VERSION, 0), rights) or any(rights.raw):
        holes.append("has rights of root")
    if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        holes.append("may get new rights")
    if libc.unshare(CLONE_NEWUSER) == 0:
        holes.append("makes a user namespace")
    if libc.syscall(MEMFD_CREATE, b"canary", 0) >= 0 or ctypes.get_errno() != errno.ENOSYS:
        holes.append("makes unfiltered system calls")
    return holes


def setting_holes(facts: dict[str, Any]) -> list[str]:
    holes = ["is root"] if 0 in os.getresuid() + os.getresgid() else []
    if os.getpid() > FIRST_PROCESSES and facts["has_own_system"]:
        holes.append("shares its process numbers with the host")
    if dict(os.environ) != facts["environment"]:
        holes.append(f"sees other variables: {sorted(set(os.environ) ^ set(facts['environment']))}")
    for name, value in facts["limits"].items():
        _, hard = resource.getrlimit(getattr(resource, name))
        if hard == resource.RLIM_INFINITY or hard > value[1]:
            holes.append(f"has a higher {name}")
    if entries := root_entries() - (ROOT_ENTRIES if facts["has_own_system"] else set()):
        holes.append(f"sees {sorted(entries)}")
    if platform.python_version() != facts["version"]:
        holes.append(f"is run by Python {platform.python_version()} in place of {facts['version']}")
    return holes


def root_entries() -> set[str]:
    try:
        return {entry.name for entry in Path("/").iterdir()}
    except OSError:
        return set()

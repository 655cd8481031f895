"""Proves at start-up, by the very path that examples take, that the walls hold; else nothing is ever run."""

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from service.sandbox.arguments import environment
from service.sandbox.box import Box, resource_limits
from service.sandbox.errors import IsolationNotProven, LaunchFailed
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, decode

REMEDY = (
    "No example is run. Unprivileged users must be allowed to make user namespaces: on the host by sysctl "
    "(user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), in a container by its seccomp profile."
)


async def prove(box: Box, limits: Limits) -> None:
    """Run the canary in `box`. Raises `IsolationNotProven`, which says what was found and what to do."""
    if box.language.name != "python":
        await _prove_interpreter(box, limits)
        return
    with _bait() as bait:
        facts = {
            **bait,
            "version": box.python.version,
            "environment": environment(box.python.library_path),
            "limits": resource_limits(box.language.limits(limits)),
        }
        source = resources.files("service.sandbox").joinpath("inside", "probe.py").read_text(encoding="utf-8")
        ending = await _run(box, f"{source}\n\nmain({facts!r})\n", "canary.py", limits)
    if ending.exit_status != 0 or ending.stdout != b"[]\n":
        raise IsolationNotProven(f"The canary run failed: {_found(ending)}. No example is run.")


async def _prove_interpreter(box: Box, limits: Limits) -> None:
    """The walls are the same for every language; here the interpreter itself must work within them."""
    token = secrets.token_hex(8)
    ending = await _run(box, f"console.log({token!r})\n", "canary.js", limits)
    if ending.exit_status != 0 or ending.stdout != f"{token}\n".encode():
        raise IsolationNotProven(f"{box.language.label} does not work in the sandbox: {_found(ending)}.")


async def _run(box: Box, code: str, name: str, limits: Limits) -> Ending:
    try:
        return await box.run(code, name, limits, lambda process: None)
    except LaunchFailed as error:
        raise IsolationNotProven(f"The sandbox does not start: {error}. {REMEDY}") from error


def _found(ending: Ending) -> str:
    try:
        holes = json.loads(ending.stdout)
    except ValueError:
        holes = []
    if isinstance(holes, list) and holes:
        return "a program in it " + ", ".join(map(str, holes))
    last_line = decode(ending.stderr).strip().rpartition("\n")[2]
    return ending.stopped or f"exit {ending.exit_status}, {last_line or 'no message'}"


@contextmanager
def _bait() -> Iterator[dict[str, object]]:
    """Lay out what a program must not reach: a file that everybody on the host may read, a port, a process."""
    with (
        tempfile.TemporaryDirectory(prefix="askmd-canary-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        Path(folder).chmod(0o755)
        path = Path(folder) / "canary"
        path.write_text(secrets.token_hex(8))
        path.chmod(0o644)
        yield {"canary_path": str(path), "port": server.getsockname()[1], "service_process": os.getpid()}

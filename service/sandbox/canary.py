"""Proves at start-up, by the very path that examples take, that the walls hold; else nothing is ever run."""

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.sandbox.confinement import Confinement, inside_source, run
from service.sandbox.errors import IsolationNotProven, LaunchFailed
from service.sandbox.leftovers import PREFIX
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, Program, decode

PURPOSE = "canary"
REMEDY = (
    "No example is run. Unprivileged users must be allowed to make user namespaces: on the host by sysctl "
    "(user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), in a container by its seccomp profile."
)


async def prove(confinement: Confinement, limits: Limits) -> None:
    """Run the canary by the path that programs take; `limits` are the common ones.

    Raises `IsolationNotProven`, which says what was found and what to do.
    """
    limits = confinement.language.limits(limits)
    if confinement.language.name != "python":
        await _prove_interpreter(confinement, limits)
        return
    with _bait() as bait:
        facts = {**bait, **confinement.facts(limits), "version": confinement.interpreter.version}
        code = f"{inside_source('probe.py')}\n\nmain({facts!r})\n"
        ending = await _run(confinement, code, "canary.py", limits)
    if ending.exit_status != 0 or ending.stdout != b"[]\n":
        raise IsolationNotProven(f"The canary run failed: {_found(ending)}. No example is run.")


async def _prove_interpreter(confinement: Confinement, limits: Limits) -> None:
    """The walls are the same for every language; here the interpreter itself must work within them."""
    token = secrets.token_hex(8)
    ending = await _run(confinement, f"console.log({token!r})\n", "canary.js", limits)
    if ending.exit_status != 0 or ending.stdout != f"{token}\n".encode():
        raise IsolationNotProven(f"{confinement.language.label} does not work in the sandbox: {_found(ending)}.")


async def _run(confinement: Confinement, code: str, name: str, limits: Limits) -> Ending:
    try:
        return await run(confinement, Program(code, name=name), limits, lambda process: None)
    except (LaunchFailed, OSError) as error:
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
        tempfile.TemporaryDirectory(prefix=f"{PREFIX}{PURPOSE}-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        Path(folder).chmod(0o755)
        path = Path(folder) / "canary"
        path.write_text(secrets.token_hex(8))
        path.chmod(0o644)
        yield {"canary_path": str(path), "port": server.getsockname()[1], "service_process": os.getpid()}

"""The sandbox's door: opened once, it runs programs in boxes of their own, or runs nothing at all.

There is no weaker way to run a program, and no switch for one: where isolation can't be proven, every run is answered
with `sandbox_unavailable`, and a set-up that fails later is answered with `sandbox_error`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.sandbox.box import Box, with_interpreter
from service.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from service.sandbox.canary import prove
from service.sandbox.errors import InterpreterMissing, LaunchFailed, SandboxError
from service.sandbox.identity import Identity, unprivileged_identity
from service.sandbox.interpreter import Interpreter, node_candidates, python_candidates
from service.sandbox.languages import JAVASCRIPT, LANGUAGES, PYTHON
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, Outcome, Program, classify, decode, exit_of, explain
from service.sandbox.process import ConfinedProcess
from service.sandbox.seccomp import filter_bytes

logger = logging.getLogger(__name__)

BOX_DOES_NOT_STOP = (
    "A bug in the kernel, in a system call that examples may make: the kernel is shared with the host.",
    "Short peaks of memory: all processes of a run together are watched ten times a second, not held by the kernel.",
    "Memory that belongs to no process, such as data waiting in sockets: up to a few hundred MiB until the run ends.",
    "Seeing the machine: kernel version, uptime, number of processors and size of memory.",
    "Signs between programs that run at the same time, such as locks on the shared read-only files.",
    "Mislabelled failures: a program can end as if by a signal or a limit; it can't make a kill look like success.",
)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """How programs are confined here, in words for people."""

    tier: str
    """`box`, or `none` when nothing is run."""
    detail: str
    """Empty, or what keeps programs from running and what to do."""
    bubblewrap: str = ""
    """Path and version."""
    interpreters: Mapping[str, str] = field(default_factory=dict)
    """Language → interpreter and version."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Language → why it can't be run."""
    what_it_does_not_stop: tuple[str, ...] = ()


class Sandbox:
    """Runs untrusted programs. Made by `Sandbox.open`, ended by `close`; all of it on one event loop."""

    def __init__(self, limits: Limits, concurrency: int, boxes: Mapping[str, Box], status: SandboxStatus) -> None:
        self.status = status
        self._limits = limits
        self._boxes = boxes
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._running: set[ConfinedProcess] = set()
        self._closed = False

    @classmethod
    async def open(cls, limits: Limits = Limits(), *, concurrency: int = 2, bwrap: str | None = None) -> Sandbox:  # noqa: B008
        """Find the tools, prove the isolation and return the sandbox; without proof it is there, but not `available`.

        `concurrency` programs run at one time, others wait. `bwrap` is the path of the only one to use.
        """
        try:
            boxes, status = await _build(limits, bwrap)
        except (SandboxError, OSError) as error:
            logger.warning("Examples are not run: %s", error)
            boxes, status = {}, SandboxStatus("none", str(error))
        return cls(limits, concurrency, boxes, status)

    @property
    def available(self) -> bool:
        """Whether programs are run at all."""
        return bool(self._boxes) and not self._closed

    async def run(self, program: Program) -> Outcome:
        """Run `program` and return what came of it; waits for a free place first. Cancellation kills the whole run."""
        if refusal := self._refusal(program):
            return refusal
        box = self._boxes[program.language]
        async with self._places:
            if self._closed:
                return Outcome("sandbox_unavailable", detail="The sandbox was closed.")
            return await self._run(box, program)

    async def close(self) -> None:
        """Kill what still runs, wait for it to be gone, and remove what was put on the host."""
        self._closed = True
        for process in self._running:
            process.stop("killed")
        for _ in range(self._concurrency):
            await self._places.acquire()
        for _ in range(self._concurrency):
            self._places.release()
        for box in self._boxes.values():
            box.bubblewrap.remove_copy()

    def _refusal(self, program: Program) -> Outcome | None:
        """Return the outcome of a program that is not run, or None."""
        if not self.available:
            detail = self.status.detail or "The sandbox was closed."
            return Outcome("sandbox_unavailable", detail=detail)
        if program.language not in self._boxes:
            known = ", ".join(sorted(self._boxes))
            detail = self.status.missing.get(
                program.language, f"Programs in {program.language!r} can't be run; {known} can."
            )
            return Outcome("not_runnable", tier=self.status.tier, detail=detail)
        size = len(program.code.encode("utf-8", "surrogatepass"))
        if size > self._limits.program_bytes:
            detail = f"The program has {size} bytes; at most {self._limits.program_bytes} are run."
            return Outcome("not_runnable", tier=self.status.tier, detail=detail)
        return None

    async def _run(self, box: Box, program: Program) -> Outcome:
        interpreter = self.status.interpreters[program.language]
        started: list[ConfinedProcess] = []

        def on_start(process: ConfinedProcess) -> None:
            started.append(process)
            self._running.add(process)

        try:
            # off the loop: reading a long program for its kind takes a while
            name = await asyncio.to_thread(box.language.program_name, program.name, program.code)
            ending = await box.run(program.code, name, self._limits, on_start)
        except LaunchFailed as error:
            logger.error("The sandbox failed to start a program: %s", error)
            detail = "The sandbox could not start the program; the service's log says why."
            return Outcome("sandbox_error", interpreter=interpreter, tier=self.status.tier, detail=detail)
        finally:
            self._running.difference_update(started)
        return _outcome(ending, box.language.limits(self._limits), interpreter, self.status.tier)


def _outcome(ending: Ending, limits: Limits, interpreter: str, tier: str) -> Outcome:
    exit_code, number = exit_of(ending)
    status = classify(ending, limits.cpu_seconds, os.cpu_count() or 1)
    return Outcome(
        status=status,
        exit_code=exit_code,
        signal=number,
        stdout=decode(ending.stdout),
        stderr=decode(ending.stderr),
        truncated=ending.truncated,
        duration_ms=round(ending.duration_seconds * 1000, 3),
        interpreter=interpreter,
        tier=tier,
        detail=explain(status, limits),
    )


async def _build(limits: Limits, bwrap: str | None) -> tuple[dict[str, Box], SandboxStatus]:
    """Return a proven box for each language that can be run. Raises `SandboxError` or `OSError` when there is none."""
    filter_program = filter_bytes(os.uname().machine)
    identity = unprivileged_identity()
    bubblewrap = await asyncio.to_thread(find_bubblewrap, identity, bwrap)
    try:
        box = await _python_box(identity, bubblewrap, filter_program, limits)
    except BaseException:
        bubblewrap.remove_copy()
        raise
    boxes, missing = {PYTHON.name: box}, {}
    try:
        boxes[JAVASCRIPT.name] = await _javascript_box(box, limits)
    except SandboxError as error:
        missing[JAVASCRIPT.name] = str(error)
    status = SandboxStatus(
        tier="box",
        detail="",
        bubblewrap=f"{bubblewrap.path} {bubblewrap.version}",
        interpreters={name: f"{LANGUAGES[name].label} {box.interpreter.version}" for name, box in boxes.items()},
        missing=missing,
        what_it_does_not_stop=BOX_DOES_NOT_STOP,
    )
    return boxes, status


async def _python_box(identity: Identity, bubblewrap: Bubblewrap, filter_program: bytes, limits: Limits) -> Box:
    """Return the box of the first Python that passes the canary; the reason of the last that did not is raised."""
    remedy = "install Debian's python3, which every user can execute."
    failure: SandboxError = InterpreterMissing("python", remedy)
    for python in await asyncio.to_thread(_all, python_candidates(identity)):
        box = Box(identity, bubblewrap, filter_program, python, PYTHON, python)
        try:
            await prove(box, limits)
        except SandboxError as error:
            failure = error
        else:
            return box
    raise failure


async def _javascript_box(box: Box, limits: Limits) -> Box:
    failure: SandboxError = InterpreterMissing("javascript", "install Node.js where every user can execute it.")
    for node in await asyncio.to_thread(_all, node_candidates(box.identity)):
        candidate = with_interpreter(box, JAVASCRIPT, node)
        try:
            await prove(candidate, limits)
        except SandboxError as error:
            failure = error
        else:
            return candidate
    raise failure


def _all(candidates: Iterator[Interpreter]) -> list[Interpreter]:
    return list(candidates)

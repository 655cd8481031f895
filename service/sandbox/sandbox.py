"""The sandbox's door: opened once, it runs programs in boxes of their own, or runs nothing at all.

Where isolation can't be proven, every run is answered with `sandbox_unavailable`. A set-up that fails later is answered
with `sandbox_error`: there is no weaker way to run a program once a tier is chosen, and no switch for one.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

from service.sandbox import bubblewrap, canary
from service.sandbox.batch import ForkServers
from service.sandbox.box import Box
from service.sandbox.broker import Broker
from service.sandbox.confinement import Confinement
from service.sandbox.errors import LaunchFailed, SandboxBusy, SandboxError
from service.sandbox.groups import open_groups
from service.sandbox.languages import PYTHON, Language
from service.sandbox.leftovers import remove_leftovers
from service.sandbox.limits import Limits
from service.sandbox.outcome import Ending, Outcome, Program, classify, decode, exit_of, explain
from service.sandbox.pool import WarmPool
from service.sandbox.process import ConfinedProcess
from service.sandbox.report import open_report, read_report
from service.sandbox.status import SandboxStatus, status_of
from service.sandbox.tiers import TIERS, Host, Proven, first_proven

logger = logging.getLogger(__name__)


class Sandbox:
    """Runs untrusted programs. Made by `Sandbox.open`, ended by `close`; all of it on one event loop."""

    def __init__(
        self,
        host: Host,
        proven: Proven | None,
        status: SandboxStatus,
        *,
        concurrency: int,
        queue: int | None,
        warm: int,
    ) -> None:
        """Take a tier that has been proven, or none; `open` does both."""
        self.status = status
        self._host = host
        self._proven = proven
        self._limits = host.limits
        self._confinements = dict(proven.confinements) if proven else {}
        self._concurrency = concurrency
        self._capacity = None if queue is None else concurrency + queue
        self._inside = 0
        self._places = asyncio.Semaphore(concurrency)
        self._running: set[ConfinedProcess] = set()
        self._closed = False
        self._pool: WarmPool | None = None
        if warm and PYTHON.name in self._confinements:
            self._pool = WarmPool(self._confinements[PYTHON.name], PYTHON.limits(self._limits), warm)
            self._pool.refill()
        box = self._confinements.get(PYTHON.name)
        self._batch = ForkServers(box, self._limits) if isinstance(box, Box) else None

    @classmethod
    async def open(
        cls,
        limits: Limits = Limits(),  # noqa: B008
        *,
        concurrency: int = 2,
        queue: int | None = None,
        warm: int = 0,
        bwrap: str | None = None,
        tiers: Sequence[str] = TIERS,
    ) -> Sandbox:
        """Find the tools, prove the isolation and return the sandbox; without proof it is there, but not `available`.

        `concurrency` programs run at one time and `queue` more wait (None: any number). `warm` Pythons wait for a
        program, for runs that are to start at once. `bwrap` is the path of the only one to use, `tiers` are those to
        try, in this order.
        """
        await asyncio.to_thread(remove_leftovers, bubblewrap.PURPOSE, canary.PURPOSE)
        broker = Broker()
        groups = await asyncio.to_thread(open_groups)
        host = Host(broker, groups, limits, bwrap)
        for folder in groups.folders if groups else ():
            broker.remove_in_the_end(folder)
        try:
            proven = await first_proven(host, tiers)
            status = status_of(proven, groups)
        except SandboxError as error:
            logger.warning("Examples are not run: %s", error)
            proven, status = None, SandboxStatus("none", str(error))
            await _close(host)
        except BaseException:
            await _close(host)
            raise
        return cls(host, proven, status, concurrency=concurrency, queue=queue, warm=warm)

    @property
    def available(self) -> bool:
        """Whether programs are run at all."""
        return bool(self._confinements) and not self._closed

    @property
    def waiting(self) -> int:
        """Number of processes that wait for a program."""
        return self._pool.waiting if self._pool is not None else 0

    async def run(self, program: Program, *, batch: bool = False) -> Outcome:
        """Run `program` and return what came of it; waits for a free place first. Cancellation kills the whole run.

        `batch`: it is one of many, which fork servers run quickly one after the other; the processes that wait are
        left to those who look at a result. Raises `SandboxBusy` when the queue for a place is full.
        """
        if refusal := self._refusal(program):
            return refusal
        if self._capacity is not None and self._inside >= self._capacity:
            raise SandboxBusy(max(1, round(self._limits.wall_seconds)))
        self._inside += 1
        try:
            async with self._places:
                if self._closed:
                    return Outcome("sandbox_unavailable", detail="The sandbox was closed.")
                return await self._run(self._confinements[program.language], program, batch)
        finally:
            self._inside -= 1

    async def warmed(self) -> None:
        """Wait until as many processes wait for a program as are to."""
        if self._pool is not None:
            await self._pool.filled()

    async def close(self) -> None:
        """Kill what still runs, wait for it to be gone, and remove what was put on the host."""
        if self._closed:
            return
        self._closed = True
        for process in self._running:
            process.stop("killed")
        for _ in range(self._concurrency):
            await self._places.acquire()
        for _ in range(self._concurrency):
            self._places.release()
        if self._pool is not None:
            await self._pool.close()
        if self._batch is not None:
            await self._batch.close()
        if self._proven is not None:
            await _close(self._host)
            self._proven.close()

    def _refusal(self, program: Program) -> Outcome | None:
        """Return the outcome of a program that is not run, or None."""
        if not self.available:
            detail = self.status.detail if not self._confinements else "The sandbox was closed."
            return Outcome("sandbox_unavailable", detail=detail)
        if program.language not in self._confinements:
            known = ", ".join(sorted(self._confinements))
            detail = self.status.missing.get(
                program.language, f"Programs in {program.language!r} can't be run; {known} can."
            )
            return Outcome("not_runnable", tier=self.status.tier, detail=detail)
        size = len(program.code.encode("utf-8", "surrogatepass"))
        if size > self._limits.program_bytes:
            detail = f"The program has {size} bytes; at most {self._limits.program_bytes} are run."
            return Outcome("not_runnable", tier=self.status.tier, detail=detail)
        return None

    async def _run(self, confinement: Confinement, program: Program, batch: bool) -> Outcome:
        interpreter = self.status.interpreters[program.language]
        language = confinement.language
        limits = language.limits(self._limits)
        if program.wall_seconds is not None:
            limits = dataclasses.replace(limits, wall_seconds=min(program.wall_seconds, limits.wall_seconds))
        try:
            name = await _file_name(language, program)
            ending = await self._reported(confinement, program, name, limits, batch)
        except (LaunchFailed, OSError) as error:
            logger.error("The sandbox failed to start a program: %s", error)
            detail = "The sandbox could not start the program; the service's log says why."
            return Outcome("sandbox_error", interpreter=interpreter, tier=confinement.tier, detail=detail)
        outcome = _outcome(ending, limits, interpreter, confinement.tier)
        if program.clock == outcome.clock or outcome.detail:
            return outcome
        return dataclasses.replace(
            outcome, detail=f"There is no virtual clock for {interpreter}: waits took real time."
        )

    async def _reported(
        self, confinement: Confinement, program: Program, name: str, limits: Limits, batch: bool
    ) -> Ending:
        """Run a program, and read what it told of its clock. Raises `LaunchFailed` or OSError."""
        job = _Job(confinement.job(program, name, limits), limits, batch)
        if program.clock == "real" and not program.records_tasks:
            return await self._ending(confinement, job)
        with open_report() as report:
            ending = await self._ending(confinement, dataclasses.replace(job, report=report))
            return dataclasses.replace(ending, reported=read_report(report, limits))

    async def _ending(self, confinement: Confinement, job: _Job) -> Ending:
        """Run a job in a process that waits for one, or else in a new one. Raises `LaunchFailed` or OSError."""
        if job.batch and self._batch is not None and confinement.language is PYTHON:
            async with self._batch.borrow() as server:
                return await self._supervised((server or confinement).start(job.limits), job)
        pool = self._pool if confinement.language is PYTHON and not job.batch else None
        waiting = pool.take() if pool is not None else None
        try:
            if waiting is not None:
                return await self._supervised(waiting, job, is_ready=True)
            return await self._supervised(confinement.start(job.limits), job)
        finally:
            if pool is not None:
                pool.refill()

    async def _supervised(self, process: ConfinedProcess, job: _Job, *, is_ready: bool = False) -> Ending:
        self._running.add(process)
        try:
            if not is_ready:
                await process.prepare()
            return await process.run(job.content, job.limits.wall_seconds, job.report)
        finally:
            self._running.discard(process)


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process gets to run, and within what."""

    content: bytes
    limits: Limits
    batch: bool
    report: int | None = None
    """Descriptor of the file in which the run tells of itself."""


async def _file_name(language: Language, program: Program) -> str:
    if language is PYTHON:
        return language.program_name(program.name, program.code)
    # off the loop: reading a long program for its kind takes a while
    return await asyncio.to_thread(language.program_name, program.name, program.code)


async def _close(host: Host) -> None:
    await host.broker.close()
    if host.groups is not None:
        await asyncio.to_thread(host.groups.close)


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
        clock="real" if ending.reported.virtual_seconds is None else "virtual",
        virtual_seconds=ending.reported.virtual_seconds,
        lanes=ending.reported.lanes,
        interpreter=interpreter,
        tier=tier,
        detail=explain(status, limits),
    )

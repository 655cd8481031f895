"""Prove the notes' examples: put each together, run it in the sandbox, keep the result, compare it with what the notes
say.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from corpus.document import Example
from service.assembling import assemble
from service.assembly import Assembly
from service.code_version import code_version
from service.ledger import Ledger, run_key
from service.matching import matches_expected
from service.proving import chained_instead, is_worth_running_alone, proved_by_chain, proved_one, without_additions
from service.run_limits import clock_of, limits_of
from service.runs import ProvenExample, Run
from service.sandbox import Clock, Limits, Outcome, Program, SandboxStatus, Status

__all__ = ["ExampleRunner", "Progress", "ProvenExample", "Run"]

Progress = Callable[[int, int, ProvenExample], None]
"""Called with the number of examples that are done, the number of all, and the one that was done last."""

_PASSING: frozenset[Status] = frozenset({"not_runnable", "sandbox_error", "sandbox_unavailable", "killed"})
"""These say something about this service, not about the program, so they are not kept."""


ASSEMBLIES_KEPT = 2_048
"""Programs that stay in memory once they were put together."""


class ProgramRunner(Protocol):
    """What of a sandbox is needed here."""

    @property
    def available(self) -> bool:
        """Whether programs are run at all."""

    @property
    def status(self) -> SandboxStatus:
        """Which interpreters there are, and what is missing."""

    async def run(self, program: Program, *, batch: bool = False) -> Outcome:
        """Run a program; `batch`: one of many that nobody waits for."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What is known of an example without a run."""

    proven: ProvenExample
    complete: bool
    """Whether no run is missing that could change it."""
    results: Mapping[str, str | None]
    """When each of the results that were asked for was verified, by its key; None for those that are not known."""


class ExampleRunner:
    """Runs examples and looks their results up; all of it on one event loop, but `cached` from any thread."""

    def __init__(self, sandbox: ProgramRunner, ledger: Ledger, limits: Limits = Limits()) -> None:  # noqa: B008  (frozen)
        """Run in `sandbox`, which was opened with `limits`, and keep results in `ledger`."""
        self._sandbox = sandbox
        self._ledger = ledger
        self._limits = limits
        self._pages: Mapping[str, Sequence[Example]] = {}
        self._assemblies: dict[str, Assembly] = {}

    def use_pages(self, examples_by_page: Mapping[str, Sequence[Example]]) -> None:
        """Take the examples of all pages, from which one borrows what it lacks; they replace those taken before.

        The mapping is read when an example is put together, from any thread.
        """
        self._pages = examples_by_page
        self._assemblies = {}

    def cached(self, example: Example, clock: Clock = "virtual") -> ProvenExample:
        """Return the example with its kept result; without a run when none is known."""
        return self.look_up(example, clock).proven

    def look_up(self, example: Example, clock: Clock = "virtual") -> LookedUp:
        """Return the example with its kept result, and which results that was read off."""
        assembly = self._assembly(example)
        results: dict[str, str | None] = {}
        proven = self._kept(example, assembly, clock, results)
        complete = proven.run is not None
        if chained := chained_instead(proven):
            by_chain = self._kept(example, chained, clock, results)
            complete = by_chain.run is not None
            proven = proved_by_chain(proven, by_chain)
        if is_worth_running_alone(proven):
            alone = self._kept(example, without_additions(assembly), clock, results)
            proven = proven if alone.run is None else proved_one(proven, alone)
        return LookedUp(proven, complete, results)

    @property
    def conditions(self) -> str:
        """All that decides how an example stands beside the notes and the results: code, limits, interpreters."""
        status = self._sandbox.status
        parts = (code_version(), self._sandbox.available, status.interpreters, status.missing, self._limits)
        return repr(parts)

    async def run(self, example: Example, clock: Clock = "virtual", *, batch: bool = False) -> ProvenExample:
        """Run the example now and keep the result; `batch`: one of many that nobody waits for.

        What was added to its code is dropped where the run does not prove it, and the code runs better alone.
        """
        assembly = await asyncio.to_thread(self._assembly, example)
        return await self._best_run(example, assembly, clock, batch=batch)

    async def run_edited(self, example: Example, clock: Clock = "virtual") -> ProvenExample:
        """Run an example whose code is not the notes' own, in its place on the page; nothing of it is kept."""
        assembly = await asyncio.to_thread(assemble, example, self._pages.get(example.path, ()))
        return await self._best_run(example, assembly, clock, keep=False)

    async def verify(
        self,
        examples_by_page: Mapping[str, Sequence[Example]],
        progress: Progress | None = None,
        *,
        again: bool = False,
        concurrency: int = 2,
    ) -> tuple[ProvenExample, ...]:
        """Run every example that no result is known of (`again`: every one); return all, in the order of the pages."""
        self.use_pages(examples_by_page)
        examples = await asyncio.to_thread(lambda: [example for page in examples_by_page.values() for example in page])
        places = asyncio.Semaphore(concurrency)
        done = 0

        async def prove(example: Example) -> ProvenExample:
            nonlocal done
            async with places:
                known = None if again else await asyncio.to_thread(self.look_up, example)
                proven = known.proven if known and known.complete else await self.run(example, batch=True)
            done += 1
            if progress is not None:
                progress(done, len(examples), proven)
            return proven

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(prove(example)) for example in examples]
        return tuple(task.result() for task in tasks)

    def _kept(
        self, example: Example, assembly: Assembly, clock: Clock, results: dict[str, str | None]
    ) -> ProvenExample:
        """Return what is kept of a program's run, and add to `results` which it is and when it was verified."""
        run = self._refusal(example, assembly)
        if run is None and assembly.program is not None:
            key = self._key(example, assembly.program, clock)
            run = self._ledger.get(key)
            results[key] = run.verified_at if run else None
        return _proven(example, assembly, run)

    async def _best_run(
        self, example: Example, assembly: Assembly, clock: Clock, *, batch: bool = False, keep: bool = True
    ) -> ProvenExample:
        proven = await self._run(example, assembly, clock, batch, keep)
        if chained := chained_instead(proven):
            proven = proved_by_chain(proven, await self._run(example, chained, clock, batch, keep))
        if not is_worth_running_alone(proven):
            return proven
        return proved_one(proven, await self._run(example, without_additions(assembly), clock, batch, keep))

    async def _run(self, example: Example, assembly: Assembly, clock: Clock, batch: bool, keep: bool) -> ProvenExample:
        run = self._refusal(example, assembly)
        if run is None and assembly.program is not None:
            program = Program(
                assembly.program,
                example.language,
                _file_name(example),
                clock_of(example, clock),
                wall_seconds=limits_of(example, self._limits).wall_seconds,
                records_tasks=True,
            )
            run = _run_of(await self._sandbox.run(program, batch=batch))
            if keep and run.status not in _PASSING:
                key = self._key(example, assembly.program, clock)
                await asyncio.to_thread(self._ledger.put, key, run)
        return _proven(example, assembly, run)

    def _assembly(self, example: Example) -> Assembly:
        if (known := self._assemblies.get(example.id)) is not None:
            return known
        assemblies = self._assemblies
        assembly = assemble(example, self._pages.get(example.path, ()))
        if len(assemblies) >= ASSEMBLIES_KEPT:
            assemblies.clear()
        assemblies[example.id] = assembly
        return assembly

    def _refusal(self, example: Example, assembly: Assembly) -> Run | None:
        """Return the result of an example that is not run, or None."""
        if assembly.program is None:
            return Run("not_runnable", assembly.reason)
        status = self._sandbox.status
        if not self._sandbox.available:
            return Run("sandbox_unavailable", status.detail)
        if example.language not in status.interpreters:
            return Run("not_runnable", status.missing.get(example.language, f"language {example.language} is not run"))
        return None

    def _key(self, example: Example, program: str, clock: Clock) -> str:
        interpreter = self._sandbox.status.interpreters[example.language]
        return run_key(
            program, example.language, clock_of(example, clock), limits_of(example, self._limits), interpreter
        )


def _file_name(example: Example) -> str:
    """Name the program after the file that the notes say it is; the sandbox has a name for the others."""
    return example.title if "." in example.title else "example"


def _run_of(outcome: Outcome) -> Run:
    return Run(
        status=outcome.status,
        reason=outcome.detail,
        exit_code=outcome.exit_code,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        truncated=outcome.truncated,
        duration_ms=round(outcome.duration_ms, 1),
        clock=outcome.clock,
        virtual_seconds=outcome.virtual_seconds,
        lanes=outcome.lanes,
        python=outcome.interpreter.removeprefix("python ") or None,
        verified_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _proven(example: Example, assembly: Assembly, run: Run | None) -> ProvenExample:
    """Compare the run with what the notes say: two examples may share a program, but not what is said about it."""
    if run is not None:
        matches = matches_expected(example, assembly.expects_error, run)
        reason = run.reason or (assembly.remark if run.status == "ok" else "")
        run = dataclasses.replace(run, matches_expected=matches, reason=reason)
    return ProvenExample(example, assembly, run)

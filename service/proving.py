"""Whether a run proves what was added to an example's code: one that fails is worth less than the code alone."""

from __future__ import annotations

import dataclasses

from service.assembly import Assembly
from service.runs import ProvenExample

_ENDED_BADLY = frozenset({"error", "timeout", "cpu_limit", "virtual_time_limit", "output_limit"})


def without_additions(assembly: Assembly) -> Assembly:
    """Return the assembly of the code alone."""
    return dataclasses.replace(assembly, program=assembly.alone, added=(), chained=None, alone=None, remark="")


def is_worth_running_alone(proven: ProvenExample) -> bool:
    """Tell whether a run failed that may have failed for what was added."""
    failed = proven.run is not None and proven.run.status in _ENDED_BADLY and not proven.as_expected
    return failed and proven.assembly.alone is not None


def proved_one(added: ProvenExample, alone: ProvenExample) -> ProvenExample:
    """Return the code alone where it does what the notes say, with a word on what failed; else what was put together.

    What fails both ways is shown as it was put together: that is what a reader of the page would run.
    """
    if added.run is None or alone.run is None or not alone.as_expected:
        return added
    what = "; ".join(f"`{addition.code.strip().partition(chr(10))[0]}`" for addition in added.assembly.added)
    reason = f"The code alone runs; with {what} it does not: {added.run.error or added.run.status}"
    return dataclasses.replace(alone, run=dataclasses.replace(alone.run, reason=reason))


def chained_instead(proven: ProvenExample) -> Assembly | None:
    """Return the assembly that follows the earlier blocks further, where the shorter one did not do what it should."""
    ran = proven.run is not None and (proven.run.status in _ENDED_BADLY or proven.run.status == "ok")
    return proven.assembly.chained if ran and not proven.as_expected else None


def proved_by_chain(short: ProvenExample, chained: ProvenExample) -> ProvenExample:
    """Return the longer program where its run does what the notes say."""
    return chained if chained.as_expected else short

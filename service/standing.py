"""How one example stands: how its last run ended, and what that means for the notes."""

from __future__ import annotations

from dataclasses import dataclass

from service.runs import ProvenExample
from service.schemas import Verdict
from service.verdicts import verdict_of

NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of an example's last run, `not_run` when it has none, and its verdict, which needs a run."""

    status: str = NOT_RUN
    verdict: Verdict | None = None


def standing_of(proven: ProvenExample) -> Standing:
    """Return how an example stands by a run of it."""
    return Standing(proven.run.status, verdict_of(proven)) if proven.run else Standing()

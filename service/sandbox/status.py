"""How programs are confined here, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.sandbox.groups import Groups
from service.sandbox.languages import LANGUAGES
from service.sandbox.residue import does_not_stop
from service.sandbox.tiers import Proven


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """How programs are confined here, in words for people."""

    tier: str
    """`box`, `box-nested`, `sealed`, or `none` when nothing is run."""
    detail: str
    """Empty, or what keeps programs from running, or from a stronger tier, and what to do."""
    bubblewrap: str = ""
    """Path and version."""
    interpreters: Mapping[str, str] = field(default_factory=dict)
    """Language → interpreter and version."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Language → why it can't be run."""
    what_it_does_not_stop: tuple[str, ...] = ()
    control_groups: bool = False
    """Whether the kernel limits the memory and processes of a whole run."""


def status_of(proven: Proven, groups: Groups | None) -> SandboxStatus:
    """Tell of a tier that has been proven."""
    names = {name: confinement.interpreter.version for name, confinement in proven.confinements.items()}
    return SandboxStatus(
        tier=proven.tier,
        detail=" ".join(f"Not {tier}: {reason}" for tier, reason in proven.rejected.items()),
        bubblewrap=proven.bubblewrap,
        interpreters={name: f"{LANGUAGES[name].label} {version}" for name, version in names.items()},
        missing=proven.missing,
        what_it_does_not_stop=does_not_stop(proven.tier, has_groups=groups is not None),
        control_groups=groups is not None,
    )

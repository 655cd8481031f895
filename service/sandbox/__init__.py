"""Runs untrusted examples: each in a box of its own, without network, within limits, with nothing of the host in sight.

`Sandbox.open` proves the isolation first; where it can't be proven nothing is ever run.
"""

from service.sandbox.lanes import Lane, lanes_from
from service.sandbox.limits import Limits
from service.sandbox.outcome import Clock, Outcome, Program, Status
from service.sandbox.sandbox import Sandbox
from service.sandbox.status import SandboxStatus

__all__ = ["Clock", "Lane", "Limits", "Outcome", "Program", "Sandbox", "SandboxStatus", "Status", "lanes_from"]

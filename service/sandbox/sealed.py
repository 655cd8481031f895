"""Tier `sealed`: one Python process without namespaces, for containers that allow none. Python only.

Its safety is the system call filter, and Landlock where there is one (`inside/sealed.py`): it shares the process
numbers and, for a service that is not root, the user with the service.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass

from service.sandbox.arguments import PACKAGE, WORK_FOLDER
from service.sandbox.box import CONTROL, memory_file
from service.sandbox.broker import Broker
from service.sandbox.confinement import CLOCK_MODULES, inside_source, job, resource_limits
from service.sandbox.groups import Groups
from service.sandbox.identity import Identity
from service.sandbox.interpreter import Interpreter
from service.sandbox.languages import PYTHON, Language
from service.sandbox.limits import Limits
from service.sandbox.outcome import Program
from service.sandbox.process import ConfinedProcess, Pipes

ENVIRONMENT = {"HOME": "/", "LANG": "C.UTF-8", "PATH": "/usr/bin"}
MODULES_INSIDE = ("job", "ending", *CLOCK_MODULES, "worker", "kernel", "sealed")
"""In this order: what is imported comes before what imports it."""
SETTINGS = CONTROL + 1
"""Number of the file that holds the modules and the filter."""

# No file of the service can be read by the sandbox's user for sure: modules are made of their text.
FIRST = f"""
import json, os, sys, types
with os.fdopen({SETTINGS}, 'rb') as file: settings = json.load(file)
for name, source in settings['modules'].items():
    module = sys.modules[name] = types.ModuleType(name)
    if source: exec(compile(source, '<sandbox>', 'exec', dont_inherit=True), module.__dict__)
    else: module.__path__ = []
sys.modules['{PACKAGE}.sealed'].main(settings)
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Starts sealed processes of one Python."""

    broker: Broker
    identity: Identity
    filter_program: bytes
    groups: Groups | None
    interpreter: Interpreter
    language: Language = PYTHON
    tier: str = "sealed"

    def facts(self, limits: Limits) -> dict[str, object]:
        """Return what the canary is to find inside."""
        return {"environment": ENVIRONMENT, "has_own_system": False, "limits": _limits(limits)}

    def start(self, limits: Limits) -> ConfinedProcess:
        """Start a process that imports what it can and waits for a job. Raises `LaunchFailed` or OSError."""
        pipes, group = Pipes(), None
        with ExitStack() as undone, ExitStack() as passed:
            undone.callback(pipes.close)
            given = [memory_file(self._settings(), passed)]
            if self.groups is not None:
                group = self.groups.make(limits)
                undone.callback(group.close)
            options = (self.interpreter.host_executable, *self.language.options, "-S", "-c", FIRST)
            command = [*self.identity.prefix, *options, str(CONTROL), json.dumps(_limits(limits))]
            child = self.broker.launch(command, [*pipes.inner, *given], group.joined if group else [])
            undone.pop_all()
        pipes.close_inner()
        return ConfinedProcess(child, pipes, limits, group, has_init=False)

    def job(self, program: Program, name: str, limits: Limits) -> bytes:
        """Return the job of running `program` under the file name `name`; there is no such file inside."""
        return job(f"{WORK_FOLDER}/{name}", program, limits)

    def _settings(self) -> bytes:
        parents = dict.fromkeys(("service", "service.sandbox", PACKAGE), "")
        modules = {f"{PACKAGE}.{name}": inside_source(f"{name}.py") for name in MODULES_INSIDE}
        settings = {
            "modules": {**parents, **modules},
            "filter": self.filter_program.hex(),
            "environment": ENVIRONMENT,
        }
        return json.dumps(settings).encode()


def _limits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Return the limits but that of processes: it would count all of this user's. Memory bounds threads as well."""
    return {name: value for name, value in resource_limits(limits).items() if name != "RLIMIT_NPROC"}

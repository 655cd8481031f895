"""The languages that examples can be run in: one table, one row each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import PurePosixPath

from service.sandbox.arguments import INSIDE_FOLDER
from service.sandbox.javascript import is_module
from service.sandbox.limits import MEBIBYTE, Limits
from service.sandbox.outcome import Clock

NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
NAME_LENGTH = 100
CLOCK_SCRIPT = f"{INSIDE_FOLDER}/clock.js"
"""Puts Node on the virtual clock."""


@dataclass(frozen=True, slots=True)
class Language:
    """How programs of one language are named and started, and where its needs differ from the common limits."""

    name: str
    label: str
    """What an outcome calls the interpreter, before its version."""
    file_name: str
    """Name of a program that has none that can be used."""
    suffixes: tuple[str, ...]
    options: tuple[str, ...]
    """Interpreter options; `{heap}` stands for half of what the program may use, in MiB."""
    memory_factor: int = 1
    """The interpreter reserves this many times what the program may use."""
    waits: bool = False
    """The interpreter itself can wait for its program (`inside/worker.py`); others are started for each."""
    clock_options: tuple[str, ...] = ()
    """Further options that put a program on the virtual clock, where the interpreter does not wait for it."""

    def limits(self, limits: Limits) -> Limits:
        """Return the common limits with this language's needs met."""
        return dataclasses.replace(
            limits,
            processes=limits.node_processes if self.name == "javascript" else limits.processes,
            memory_bytes=limits.memory_bytes * self.memory_factor,
            total_memory_bytes=limits.total_memory_bytes * self.memory_factor,
        )

    def command(self, executable: str, program: str, limits: Limits, clock: Clock = "real") -> tuple[str, ...]:
        """Return the argument list that runs the file `program` within `limits`, this language's own."""
        heap = max(limits.memory_bytes // self.memory_factor // MEBIBYTE // 2, 16)
        options = (*self.options, *(self.clock_options if clock == "virtual" else ()))
        return (executable, *(option.format(heap=heap) for option in options), program)

    def program_name(self, name: str, code: str) -> str:
        """Return the file name to run `code` under: the last part of `name` where it is plain, else the default."""
        base = PurePosixPath(name).name
        plain = len(base) <= NAME_LENGTH and not base.startswith((".", "-")) and NAME_CHARACTERS.issuperset(base)
        chosen = base if plain and base.endswith(self.suffixes) else self.file_name
        if self.name == "javascript" and chosen.endswith(".js") and is_module(code):
            return chosen.removesuffix(".js") + ".mjs"
        return chosen


# -I: neither the environment nor the program's folder changes what is imported. -u: what was printed before a kill
# is kept. -B: no .pyc files beside the program.
PYTHON = Language("python", "python", "example.py", (".py",), ("-I", "-B", "-u", "-X", "utf8"), waits=True)

# Node maps more private memory than its heap.
JAVASCRIPT = Language(
    "javascript",
    "node",
    "example.js",
    (".js", ".mjs", ".cjs"),
    ("--max-old-space-size={heap}",),
    memory_factor=2,
    clock_options=("--require", CLOCK_SCRIPT),
)

LANGUAGES = {language.name: language for language in (PYTHON, JAVASCRIPT)}

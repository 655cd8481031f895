"""What the sandbox does not stop, in words for people: said wherever its tier is said."""

from __future__ import annotations

COMMON = (
    "A bug in the kernel, in a system call that examples may make: the kernel is shared with the host.",
    "Seeing the machine: kernel version, uptime, number of processors and size of memory.",
    "Signs between programs that run at the same time, such as locks on the shared read-only files.",
    "Mislabelled failures: a program can end as if by a signal or a limit; it can't make a kill look like success.",
)
WITHOUT_GROUPS = (
    "Short peaks of memory: all processes of a run together are watched ten times a second, not held by the kernel.",
    "Memory that belongs to no process, such as data waiting in sockets: up to a few hundred MiB until the run ends.",
)
BOXES = ("In a batch: programs share the layout of the interpreter's memory and the seed of its hashes, as forks do.",)
SEALED = (
    "Learning that a path exists, its size and its times, where the service's user could: contents stay unreadable.",
    "A hole in the filter of system calls, or in the interpreter's own code, is a way out: there are no other walls.",
)
NESTED = ("A hole in the filter of system calls alone would be enough to make new user namespaces.",)


def does_not_stop(tier: str, *, has_groups: bool) -> tuple[str, ...]:
    """Return the sentences that hold for a tier."""
    by_tier = {"box": BOXES, "box-nested": (*NESTED, *BOXES), "sealed": SEALED}
    return (*by_tier.get(tier, ()), *COMMON, *(() if has_groups else WITHOUT_GROUPS))

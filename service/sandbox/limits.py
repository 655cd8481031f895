"""What a program may use at most, as plain data with its units.

The kernel counts memory for each process; all of them together are watched. /tmp and /dev/shm have sizes of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one run."""

    wall_seconds: float = 5.0
    """Real time from the program's start until everything is killed."""
    cpu_seconds: int = 3
    """Processor time of one process; one second later it is killed even when it ignores the signal."""
    memory_bytes: int = 256 * MEBIBYTE
    """Private writable memory of one process."""
    total_memory_bytes: int = 512 * MEBIBYTE
    """The same of all processes of a run together."""
    processes: int = 32
    """Processes and threads at one time."""
    node_processes: int = 48
    """The same for JavaScript: Node starts about ten threads of its own."""
    open_files: int = 64
    file_bytes: int = 8 * MEBIBYTE
    """Size of one file."""
    temporary_bytes: int = 16 * MEBIBYTE
    """Size of /tmp, the only place that is meant to be written."""
    shared_memory_bytes: int = 4 * MEBIBYTE
    """Size of /dev/shm."""
    stack_bytes: int = 8 * MEBIBYTE
    stream_bytes: int = 64 * KIBIBYTE
    """Bytes kept of each of stdout and stderr; one byte more ends the run."""
    program_bytes: int = 1 * MEBIBYTE
    """Longest program that is accepted."""
    virtual_seconds: float = 600.0
    """Time that a virtual clock may skip."""

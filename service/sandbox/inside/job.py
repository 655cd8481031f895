"""How the first program inside and the service talk: limits are set, one byte says so, and the answer is the job.

Whatever runs first inside uses this; it is handed in as bytes and imports nothing of the project but its neighbours.
"""

import json
import os
import resource
from typing import Any

READY = b"R"
LENGTH_BYTES = 4
LAST_DESCRIPTOR = 1 << 20
NICENESS = 10  # the service answers while examples run


def set_limits(limits: dict[str, tuple[int, int]]) -> None:
    """Set resource limits (`RLIMIT_…` → soft, hard); they count what is inside, so that they are set there."""
    for name, pair in limits.items():
        limit = getattr(resource, name)
        _, allowed = resource.getrlimit(limit)
        if allowed != resource.RLIM_INFINITY:  # the service itself may be under a stricter limit than ours
            pair = min(pair[0], allowed), min(pair[1], allowed)
        resource.setrlimit(limit, pair)
    os.nice(NICENESS)


def wait_for_job(control: int) -> dict[str, Any]:
    """Report readiness, and return what is to be run; end the process when nothing comes any more."""
    os.write(control, READY)
    length = int.from_bytes(_read(control, LENGTH_BYTES), "big")
    job: dict[str, Any] = json.loads(_read(control, length))
    return job


def close_descriptors(but: int = -1) -> None:
    """Close all but the standard streams, and one: nothing of the service may reach the example through another."""
    if but < 0:
        os.closerange(3, LAST_DESCRIPTOR)
    else:
        os.closerange(3, but)
        os.closerange(but + 1, LAST_DESCRIPTOR)


def write_program(job: dict[str, Any]) -> bytes:
    """Put the program's file in its place and return its bytes."""
    code: bytes = job["code"].encode("utf-8", "surrogatepass")
    with open(job["path"], "wb") as file:  # noqa: PTH123  (pathlib is not there before it is needed)
        file.write(code)
    return code


def _read(descriptor: int, count: int) -> bytes:
    received = b""
    while len(received) < count:
        part = os.read(descriptor, count - len(received))
        if not part:
            os._exit(1)
        received += part
    return received

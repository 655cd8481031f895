"""How the first program inside and the service talk: limits are set, one byte says so, and the answer is the job.

Whatever runs first inside uses this; it is handed in as bytes and imports nothing of the project but its neighbours.
"""

import _socket  # without all that `socket` imports
import json
import os
import resource
import sys
from typing import Any

READY = b"R"
LENGTH_BYTES = 4
DESCRIPTOR_BYTES = 4
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
    """Report readiness, and return what is to be run; end the process when nothing comes any more.

    `report` is the descriptor of a file for what the run tells of itself, or -1.
    """
    os.write(control, READY)
    start, report = _read_start(control)
    length = int.from_bytes(start + _read(control, LENGTH_BYTES - len(start)), "big")
    return {**json.loads(_read(control, length)), "report": report}


def close_descriptors(*kept: int) -> None:
    """Close all but the standard streams, and few: nothing of the service may reach the example through others."""
    first = 3
    for descriptor in sorted(kept):
        if descriptor >= first:
            os.closerange(first, descriptor)
            first = descriptor + 1
    os.closerange(first, LAST_DESCRIPTOR)


def write_program(job: dict[str, Any]) -> bytes:
    """Put the program's file in its place and return its bytes."""
    code: bytes = job["code"].encode("utf-8", "surrogatepass")
    with open(job["path"], "wb") as file:  # noqa: PTH123  (pathlib is not there before it is needed)
        file.write(code)
    return code


def _read_start(control: int) -> tuple[bytes, int]:
    """Read the first bytes, which may come with a descriptor."""
    connection = _socket.socket(fileno=control)
    try:
        start, messages, _, _ = connection.recvmsg(LENGTH_BYTES, _socket.CMSG_SPACE(DESCRIPTOR_BYTES))
    finally:
        connection.detach()
    if not start:
        os._exit(1)
    return start, int.from_bytes(messages[0][2][:DESCRIPTOR_BYTES], sys.byteorder) if messages else -1


def _read(descriptor: int, count: int) -> bytes:
    received = b""
    while len(received) < count:
        part = os.read(descriptor, count - len(received))
        if not part:
            os._exit(1)
        received += part
    return received

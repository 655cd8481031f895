"""The first program inside the sandbox: sets the limits that must be set there, then becomes the example's interpreter.

It is handed to bwrap as bytes and imports nothing of the project. Becoming the interpreter, rather than calling it,
leaves no frame of ours in a traceback. Arguments: the number of the control socket, the limits as JSON, the command
to become.
"""

import json
import os
import resource
import sys

READY, GO = b"R", b"G"
LAST_DESCRIPTOR = 1 << 20
NICENESS = 10  # the service answers while examples run


def main() -> None:
    """Report readiness, wait for the word to start, and become the command."""
    control = int(sys.argv[1])
    for name, limits in json.loads(sys.argv[2]).items():
        limit = getattr(resource, name)
        _, allowed = resource.getrlimit(limit)
        # the service itself may be under a stricter limit than ours
        resource.setrlimit(limit, tuple(n if allowed == resource.RLIM_INFINITY else min(n, allowed) for n in limits))
    os.nice(NICENESS)
    os.write(control, READY)
    if os.read(control, 1) != GO:
        os._exit(1)
    # Nothing of the service may reach the example through a descriptor that was left open.
    os.closerange(3, LAST_DESCRIPTOR)
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  (no shell is wanted)


main()

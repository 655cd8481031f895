"""The first program inside for an interpreter that knows nothing of jobs: it writes the program's file and becomes it.

Becoming the interpreter, rather than calling it, leaves nothing of ours in the process.
"""

import json
import os
import sys

from service.sandbox.inside.job import close_descriptors, set_limits, wait_for_job, write_program
from service.sandbox.inside.report import take

SETTING = "ASKMD_CLOCK"
"""Says where to tell of the clock, and how many seconds it may skip; `clock.js` takes it away."""


def main() -> None:
    """Set the limits, wait for the job, and become its command. Arguments: control socket, limits as JSON."""
    set_limits(json.loads(sys.argv[2]))
    job = wait_for_job(int(sys.argv[1]))
    close_descriptors(job["report"])
    write_program(job)
    if job["report"] >= 0:
        os.environ[SETTING] = f"{take(job['report'], inheritable=True)} {job['skip_seconds']}"
    os.execv(job["command"][0], job["command"])  # noqa: S606  (no shell is wanted)

"""Serve notes in a process of its own, for programs that ask it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from service.settings import PROJECT

STOP_SECONDS = 20


class ServiceNotStarted(Exception):
    """The service ended before it served; what it lacked stands on standard error."""

    def __init__(self) -> None:
        super().__init__("The service did not start; its message stands above.")


@contextmanager
def served(*arguments: str, environment: Mapping[str, str] | None = None, log: IO[str] | None = None) -> Iterator[str]:
    """Serve on a free port while the block runs, with arguments of `askmd serve`; gives the address, with a slash at
    its end. Its messages go to `log`, or to standard error. Raises ServiceNotStarted.
    """
    command = [sys.executable, "-m", "service", "serve", "--json", "--port", "0", *arguments]
    variables = {**os.environ, "ASKMD_LOG_LEVEL": "warning", **(environment or {})}
    with subprocess.Popen(  # noqa: S603 — our own program
        command, cwd=PROJECT, env=variables, stdout=subprocess.PIPE, stderr=log, text=True
    ) as server:
        try:
            announcement = server.stdout.readline() if server.stdout else ""
            if not announcement:
                raise ServiceNotStarted
            yield str(json.loads(announcement)["url"])
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)

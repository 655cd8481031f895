"""Several processes that answer on one listening socket, looked after by one that does not answer itself.

uvicorn's supervisor replaces a worker that crashed or hangs. Added to it: readiness is told when all workers answer,
a stop has an end, and workers go when the supervisor is killed. All map the same index; each looks for a newer one.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors.multiprocess import Multiprocess

from service.app import create_app
from service.logs import log_to_standard_error
from service.settings import Settings

log = logging.getLogger("askmd.workers")

START_SECONDS = 60
SPREAD = sys.platform == "linux"
"""Whether the system spreads connections over the sockets of one address; others give all to the last one."""
HANG_SECONDS = 30
"""A worker that does not tell that it lives for so long is replaced."""


class Workers(Multiprocess):
    """The supervisor; `run` returns when it was told to stop or a worker could not start."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, announce: Callable[[], None]) -> None:
        """Take what every worker runs, the socket they share, and what to call when all of them answer."""
        super().__init__(config, [listener])
        self._announce = announce
        self._stop_seconds = (config.timeout_graceful_shutdown or 0) * 2
        self.started = False
        self.interrupted = False

    def init_processes(self) -> None:
        """Start the workers and wait until each of them answers."""
        super().init_processes()
        self.started = all(process.wait_until_ready(START_SECONDS) for process in self.processes)
        if self.started:
            self._announce()

    def handle_int(self) -> None:
        """Stop, and remember by what."""
        self.interrupted = True
        super().handle_int()

    def join_all(self) -> None:
        """Wait for the workers to end what is under way; kill what has not ended in time."""
        deadline = time.monotonic() + self._stop_seconds
        for process in self.processes:
            process.process.join(max(0.0, deadline - time.monotonic()))
            if process.process.is_alive():
                log.error("Worker %s did not stop in time and was killed", process.pid)
                process.kill()
        super().join_all()


class SharingLoop(asyncio.SelectorEventLoop):
    """Listens on a socket of its own beside the one that workers share, where the system spreads connections over both.

    From a shared socket alone, whichever worker wakes first takes all that come together, and keeps them.
    """

    async def create_server(self, *arguments: Any, **options: Any) -> asyncio.Server:
        """Listen as asyncio does, and on the worker's own socket until that is closed."""
        server = await super().create_server(*arguments, **options)
        if SPREAD:
            beside = await super().create_server(*arguments, **{**options, "sock": own_socket(options["sock"])})
            close = server.close

            def close_both() -> None:
                beside.close()
                close()

            server.close = close_both  # type: ignore[method-assign]
        return server


def own_socket(shared: socket.socket) -> socket.socket:
    """Return one more socket at the address of another one, which is told to allow that."""
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own = socket.socket(shared.family, shared.type, shared.proto)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.bind(shared.getsockname())
    return own


def worker_app(settings: Settings) -> FastAPI:
    """Build the application of one worker, in its own process."""
    log_to_standard_error(settings.log_level)
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_stop_with, args=(supervisor,), daemon=True, name="supervisor").start()
    return create_app(share_of_worker(settings))


def share_of_worker(settings: Settings) -> Settings:
    """Return the settings of one worker: runs of examples are bounded for the machine, so each gets its share."""
    shared = ("run_concurrency", "run_queue", "run_warm", "run_rate")
    shares = {name: -(-getattr(settings, name) // settings.workers) for name in shared}
    return settings.model_copy(update=shares)


def _stop_with(supervisor: BaseProcess) -> None:
    """Stop this process when the supervisor is gone: nobody would replace it or could stop it by Ctrl-C."""
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)

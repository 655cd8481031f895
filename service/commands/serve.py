"""`askmd serve`: build what is missing, then answer over HTTP until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
from collections.abc import Callable
from functools import partial

import uvicorn
from fastapi import FastAPI

from index.store import open_index
from service.app import create_app
from service.commands.arguments import (
    Subparsers,
    add_notes_argument,
    add_parser,
    add_warnings_argument,
    settings_of,
)
from service.commands.exits import DONE, FAILED
from service.commands.index import build, run_examples, summary
from service.commands.terminal import say
from service.errors import AddressNotUsable
from service.http_head import BoundedHeadProtocol
from service.logs import log_to_standard_error
from service.settings import Settings
from service.workers import HANG_SECONDS, Workers, worker_app

EXAMPLES = """  askmd serve                       on 127.0.0.1:8000
  askmd serve --notes ~/notes --port 0   other notes, on a free port
  askmd serve --no-build            refuse to start without an index
  askmd serve --workers 2           two processes on one port, for more questions at a time"""

GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 75
"""How long a connection may idle. Clients and proxies keep theirs for up to a minute: one that is closed here first can
take a request with it.
"""
BACKLOG = 2048
FIRST_RUNS_SECONDS = 30
"""How long a start waits for the examples of a new index, so that the first answers have their output; the rest follow
while it serves.
"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "serve", "Answer over HTTP, and on a chat page.", EXAMPLES)
    add_notes_argument(parser)
    add_warnings_argument(parser)
    parser.add_argument("--host", help="address to listen on (ASKMD_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on; 0 takes a free one (ASKMD_PORT)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that answer (ASKMD_WORKERS)")
    parser.add_argument("--no-build", action="store_true", help="serve the index as it is; refuse when there is none")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. Raises AddressNotUsable, CorpusError or IndexFault before it starts."""
    settings = settings_of(arguments)
    listener = listen(settings.host, settings.port)
    with listener:
        if arguments.no_build:
            open_index(settings.data).close()
        else:
            report = build(settings, every_warning=arguments.warnings)
            say(summary(report))
            if report.changed:
                asyncio.run(run_examples(settings, at_most_seconds=FIRST_RUNS_SECONDS))
        return serve(settings, listener, as_json=arguments.json)


def serve(settings: Settings, listener: socket.socket, *, as_json: bool) -> int:
    """Run the server on a socket that listens already."""
    log_to_standard_error(settings.log_level)
    url = url_of(listener)
    announce = partial(print, json.dumps({"url": url}) if as_json else f"Ask at {url}", flush=True)
    if settings.workers > 1:
        return serve_by_workers(settings, listener, announce)
    server = AnnouncingServer(configuration(settings, create_app), announce)
    server.run(sockets=[listener])
    return DONE if server.started else FAILED


def serve_by_workers(settings: Settings, listener: socket.socket, announce: Callable[[], None]) -> int:
    """Run several processes on the socket. Raises KeyboardInterrupt when that is what stopped them."""
    workers = Workers(configuration(settings, worker_app), listener, announce)
    workers.run()
    if workers.interrupted:
        raise KeyboardInterrupt
    return DONE if workers.started else FAILED


def configuration(settings: Settings, make_app: Callable[[Settings], FastAPI]) -> uvicorn.Config:
    """Return how the application is served; it can be sent to another process, which makes the application there."""
    return uvicorn.Config(
        partial(make_app, settings),
        factory=True,
        workers=settings.workers,
        loop="service.workers:SharingLoop" if settings.workers > 1 else "asyncio",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,  # the application writes its own lines, with the request's id
        server_header=False,
        http=BoundedHeadProtocol,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HANG_SECONDS,
    )


class AnnouncingServer(uvicorn.Server):
    """Says where it is as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        """Take what to call when it answers."""
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if self.started:
            self._announce()


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address. Raises AddressNotUsable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's algorithm off only where it is: without, each answer
    # that is sent in two pieces waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise AddressNotUsable(host, port, getattr(error, "strerror", None) or str(error)) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address that a listening socket answers at."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

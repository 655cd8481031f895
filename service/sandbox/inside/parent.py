"""A Python that forks a copy of itself for each program, into namespaces of its own.

It holds rights over its own namespaces, runs nothing but this, and hears the service alone. The first process of a run
lays out a fresh scene, gives all rights up for good and puts itself under the limits and the filter; only then does it
ask for the program. It stays, to reap orphans and to report the end; a child of it takes the program and goes on like
a Python that waited for it alone (`worker.py`): the interpreter's own start runs it.
"""

import json
import os
import random
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from service.sandbox.inside.job import READY, close_descriptors, set_limits, wait_for_job
from service.sandbox.inside.kernel import (
    fork_into_namespaces,
    give_up_rights,
    load_filter,
    mount_memory,
    start_loopback,
)
from service.sandbox.inside.virtual import begin
from service.sandbox.inside.worker import import_common, install, start_file

MESSAGE_BYTES = 1 << 16
RUN = b"R"
STOP = b"S"
RUN_DESCRIPTORS = 3
CONTROL = 3
"""Number of a run's control socket, after its standard streams."""
SIGNAL_EXIT_BASE = 128
SET_UP_FAILED = 125


def serve() -> None:
    """Serve until the service is gone; returns only in the process that is to run a program."""
    import_common()
    service = socket.socket(fileno=int(sys.argv[1]))
    service.send(READY)
    settings = json.loads(service.recv(MESSAGE_BYTES))
    kept = start_file()
    while True:
        message, descriptors, _, _ = socket.recv_fds(service, MESSAGE_BYTES, RUN_DESCRIPTORS)
        if not message:
            os._exit(0)
        if message != RUN:
            continue  # a stop for a run that has ended by itself meanwhile
        first = fork_into_namespaces()
        if first == 0:
            service.detach()
            _take_program(settings, descriptors, kept)
            return
        for descriptor in descriptors:
            os.close(descriptor)
        service.send(str(_end_of(first, service)).encode())


def _end_of(first: int, service: socket.socket) -> int:
    """Wait for the end of a run, and bring it about when the service says so; return its status."""
    process = os.pidfd_open(first)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(service, select.POLLIN)
    while process not in {descriptor for descriptor, _ in poll.poll()}:
        if not service.recv(MESSAGE_BYTES):
            os._exit(0)  # with the first process of this box, everything in it goes
        os.kill(first, signal.SIGKILL)  # not reaped yet, so that the number is no other one's
    os.close(process)
    _, status = os.waitpid(first, 0)
    return os.waitstatus_to_exitcode(status)


def _take_program(settings: dict[str, Any], descriptors: list[int], kept: int) -> None:
    """As the first process of new namespaces, confine it and have a child run the program; returns in that child."""
    try:
        _confine(settings, descriptors)
        job = wait_for_job(CONTROL)
        close_descriptors(kept, job["report"])
        program = os.fork()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(SET_UP_FAILED)
    if program:
        _supervise(program)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()
    begin(job)
    install(job)


def _confine(settings: dict[str, Any], descriptors: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the only one that Python handles: a program must not wake us by it
    os.setsid()
    for number, descriptor in enumerate(descriptors, start=1):
        os.dup2(descriptor, number)
    for path, size_bytes in settings["folders"].items():
        mount_memory(path, size_bytes)
    os.chdir(os.environ["HOME"])
    start_loopback()
    give_up_rights()
    set_limits(settings["limits"])
    load_filter(bytes.fromhex(settings["filter"]))


def _supervise(program: int) -> NoReturn:
    """Reap whatever ends until the program does; with this process the kernel ends all others of the run."""
    status = SET_UP_FAILED
    with suppress(BaseException):
        os.closerange(0, CONTROL)
        process = 0
        while process != program:
            process, wait_status = os.wait()
        status = os.waitstatus_to_exitcode(wait_status)
    os._exit(status if status >= 0 else SIGNAL_EXIT_BASE - status)

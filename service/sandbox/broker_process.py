"""The broker: a small process between the service and its sandboxes, which starts them and buries them.

It is a program of its own and imports nothing of the project, so that a start costs the same however much memory the
service holds. It is a subreaper: whatever a sandbox leaves behind becomes its child, is killed and reaped, so that a
service that is a container's first process gets no zombies. When the service is gone, however it ended, the broker
kills everything, removes what was put on the host, and ends.

Messages on standard input, a packet socket, are JSON objects. To the broker: `start` (a number) with `command`, `join`
(control groups) and the descriptors that the command gets as 1, 2, 3 and so on; `stop` (a number); `remove` (paths to
remove in the end). From it: `started` with `process`, `failed` with `error`, `ended` with `status`.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
MESSAGE_BYTES = 1 << 18
MOST_DESCRIPTORS = 64
CANNOT_START = 127
FREE_NUMBERS = 200
"""Descriptors from here on are not in the way of those that a command gets."""
REMOVAL_SECONDS = 10.0
IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Whoever ends the service by its group must not end the broker before it has cleaned up."""


class Broker:
    """Runs commands for the service until it is gone."""

    def __init__(self, service: socket.socket) -> None:
        self._service = service
        self._children_file = f"/proc/self/task/{os.getpid()}/children"
        self._commands: dict[int, int] = {}
        """Process → number, of the commands that are not reaped yet."""
        self._ended: list[dict[str, int]] = []
        """What is to be told when their orphans are gone too."""
        self._remove: list[str] = []

    def serve(self) -> None:
        """Serve until the service closes its end or dies."""
        wake, wake_writer = os.pipe()
        for end in (wake, wake_writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        poll = select.poll()
        poll.register(self._service, select.POLLIN)
        poll.register(wake, select.POLLIN)
        parent = os.pidfd_open(os.getppid())  # a process that the service forked may hold its end of the socket
        poll.register(parent, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if wake in ready:
                with suppress(BlockingIOError):
                    os.read(wake, MESSAGE_BYTES)
            if parent in ready or (self._service.fileno() in ready and not self._take_message()):
                return
            self._bury()

    def end(self) -> None:
        """Kill and reap everything, then remove what is left on the host."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with suppress(ChildProcessError):
            while True:
                for process in self._children():
                    _kill(process)
                os.waitpid(-1, 0)
        for path in self._remove:
            if path.startswith("/sys/"):
                _remove_groups(path)
            else:
                shutil.rmtree(path, ignore_errors=True)

    def _take_message(self) -> bool:
        """Take one message; false when there will be no more."""
        data, descriptors, _, _ = socket.recv_fds(self._service, MESSAGE_BYTES, MOST_DESCRIPTORS)
        if not data:
            return False
        message: dict[str, Any] = json.loads(data)
        try:
            if "start" in message:
                self._start(message, descriptors)
            elif "stop" in message:
                self._stop(message["stop"])
            else:
                self._remove += message["remove"]
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _start(self, message: dict[str, Any], descriptors: list[int]) -> None:
        number, groups = message["start"], message.get("join", [])
        try:
            process = os.fork()
        except OSError as error:
            self._tell({"failed": number, "error": str(error)})
            return
        if process == 0:
            _become(message["command"], groups, descriptors)
        self._commands[process] = number
        self._tell({"started": number, "process": process})

    def _stop(self, number: int) -> None:
        """Kill a command and what shares its process group; a number that is not known has ended before."""
        for process in [process for process, known in self._commands.items() if known == number]:
            # It is not reaped yet, so that its number can't have passed on to another one.
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            _kill(process)

    def _bury(self) -> None:
        """Reap what is dead. A child that is no command is an orphan of one that has ended: kill it.

        A command counts as ended when no orphan is left at all; orphans are few, and killed ones go within a moment.
        """
        while True:
            orphans = [process for process in self._children() if process not in self._commands]
            for process in orphans:
                _kill(process)
            try:
                dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if dead is None:
                break
            process, number = dead.si_pid, self._commands.pop(dead.si_pid, None)
            if number is not None:
                # Half-made processes still are in its group; until it is reaped, the number is no other one's.
                with suppress(ProcessLookupError):
                    os.killpg(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            if number is not None:
                self._ended.append({"ended": number, "status": os.waitstatus_to_exitcode(status)})
        if self._ended and not [process for process in self._children() if process not in self._commands]:
            for ended in self._ended:
                self._tell(ended)
            self._ended = []

    def _children(self) -> list[int]:
        with open(self._children_file) as file:  # noqa: PTH123  (pathlib would double what this process holds)
            return [int(word) for word in file.read().split()]

    def _tell(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # a service that is gone is noticed by the next poll
            self._service.send(json.dumps(message).encode())


def _become(command: list[str], groups: list[str], descriptors: list[int]) -> None:
    """Turn this new process into `command`; never returns."""
    try:
        os.setsid()
        for group in groups:
            with open(f"{group}/cgroup.procs", "w") as file:  # noqa: PTH123
                file.write("0")
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGPIPE, *IGNORED):
            signal.signal(number, signal.SIG_DFL)
        # first out of the way of the numbers that they are to have
        high = [
            os.dup2(descriptor, FREE_NUMBERS + place, inheritable=False) for place, descriptor in enumerate(descriptors)
        ]
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for place, descriptor in enumerate(high, start=1):
            os.dup2(descriptor, place)
        os.closerange(len(high) + 1, 1 << 20)
        os.chdir("/")
        os.execve(command[0], command, {})  # noqa: S606  (no shell is wanted)
    except BaseException as error:
        with suppress(OSError):
            os.write(2, f"{command[0]}: {error}\n".encode())
    finally:
        os._exit(CANNOT_START)


def _remove_groups(folder: str) -> None:
    """Remove a service's control group and those of its runs.

    The kernel may need a moment after the last process of one has been reaped.
    """
    deadline = time.monotonic() + REMOVAL_SECONDS
    while os.path.isdir(folder) and time.monotonic() < deadline:  # noqa: PTH112
        with suppress(OSError):
            for inner in [entry.path for entry in os.scandir(folder) if entry.is_dir()]:
                with suppress(OSError):
                    os.rmdir(inner)  # noqa: PTH106
            os.rmdir(folder)  # noqa: PTH106
            return
        time.sleep(0.001)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def main() -> None:
    """Be the broker of the service at the other end of standard input."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("the kernel knows no subreapers")
    broker = Broker(socket.socket(fileno=os.dup(0)))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        broker.serve()
    finally:
        broker.end()


if __name__ == "__main__":
    main()

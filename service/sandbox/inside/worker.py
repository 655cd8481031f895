"""A Python that waits for its program with the usual modules imported.

It is called while the interpreter starts (by a `.pth` file in a folder of this box alone), and returns into that start:
what then runs is the interpreter's own main program, with no frame of ours below it. So a program behaves as if the
interpreter had just been called with its file: tracebacks, `__file__`, `inspect`, exit codes and the order of the end.
"""

import importlib
import importlib.util
import json
import marshal
import os
import sys
import traceback
from contextlib import suppress
from typing import Any

from service.sandbox.inside.ending import compiled, shorten
from service.sandbox.inside.job import close_descriptors, set_limits, wait_for_job, write_program
from service.sandbox.inside.virtual import begin

# The file that the interpreter was started with. It is read as compiled code, which carries the program's own name.
PLACEHOLDER = "/dev/shm/program"  # noqa: S108  (a private tmpfs inside the sandbox)
START_FILE = "askmd.pth"

# What examples import most, with what they import in turn; each of them saves its own time in every run.
COMMON_MODULES = (
    "asyncio",
    "collections.abc",
    "concurrent.futures.thread",
    "contextlib",
    "dataclasses",
    "datetime",
    "encodings.idna",
    "enum",
    "functools",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "pathlib",
    "queue",
    "random",
    "re",
    "signal",
    "socket",
    "string",
    "subprocess",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "typing",
)


def wait() -> None:
    """Wait for the job and let the interpreter run it. Arguments: the placeholder, control socket, limits as JSON."""
    import_common()
    set_limits(json.loads(sys.argv[2]))
    job = wait_for_job(int(sys.argv[1]))
    close_descriptors(start_file(), job["report"])
    begin(job)
    install(job)


def import_common(more: tuple[str, ...] = ()) -> None:
    """Import what examples use; a module that this Python lacks is the example's to miss."""
    for name in (*COMMON_MODULES, *more):
        with suppress(ImportError):
            importlib.import_module(name)
    shorten()


def install(job: dict[str, Any]) -> None:
    """Make the job's program the one that the interpreter will run."""
    path, source = job["path"], write_program(job)
    main = sys.modules["__main__"]
    main.__file__ = path
    main.__dict__["__cached__"] = None
    sys.orig_argv[sys.orig_argv.index(PLACEHOLDER) :] = [path]
    sys.argv[:] = [path]
    try:
        content = marshal.dumps(compiled(source, path))
    except BaseException as error:
        _fail(error)
    try:
        _write_placeholder(importlib.util.MAGIC_NUMBER + bytes(12) + content)
    except OSError:  # it is long beyond measure; its source fits, since it is shorter
        _write_placeholder(source)
    sys.path_importer_cache[PLACEHOLDER] = None  # else it is looked at as if it could be a zip file, which takes long
    _forget_ourselves()


def start_file() -> int:
    """Return the descriptor of the file that called us: the interpreter still reads it, and closes it then."""
    for folder in sys.path:
        with suppress(OSError):
            ours = os.stat(f"{folder}/{START_FILE}")  # noqa: PTH116
            for descriptor in range(3, 64):
                with suppress(OSError):
                    if os.path.samestat(os.fstat(descriptor), ours):
                        return descriptor
    return -1


def _write_placeholder(content: bytes) -> None:
    with open(PLACEHOLDER, "wb") as file:  # noqa: PTH123
        file.write(content)


def _fail(error: BaseException) -> None:
    """End as the interpreter does when a program can't be compiled."""
    traceback.print_exception(type(error), error, None)
    sys.stderr.flush()
    os._exit(1)


def _forget_ourselves() -> None:
    """Leave no module and no search path of ours to the program."""
    sys.path.remove("/inside")
    for name in [name for name in sys.modules if name.partition(".")[0] == "service"]:
        del sys.modules[name]
    sys.path_importer_cache.pop("/inside", None)

"""Tier `sealed`: one Python process that imports everything first, and then can open nothing any more.

It needs no namespaces: limits, Landlock where there is one, then a filter that refuses every call with a path, every
new process and every socket. The program's frame has one of ours below it, which tracebacks do not show.
"""

import ast
import builtins
import ctypes
import importlib
import json
import linecache
import os
import signal
import site
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from types import CodeType, ModuleType, TracebackType
from typing import Any

from service.sandbox.inside.job import close_descriptors, set_limits, wait_for_job
from service.sandbox.inside.kernel import give_up_files, hide_from_others, load_filter
from service.sandbox.inside.virtual import begin
from service.sandbox.inside.worker import import_common

# What the modules that a program imports import only when they are used.
LATE_MODULES = (
    "_strptime",
    "ctypes",
    "concurrent.futures.process",
    "difflib",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_8_sig",
    "linecache",
    "locale",
    "multiprocessing",
    "tokenize",
    "unicodedata",
)
NOT_IMPORTED = frozenset(
    {"antigravity", "idlelib", "test", "tkinter", "turtle", "turtledemo"}
)  # they do things at once
INTERRUPTED = 128 + signal.SIGINT


def main(settings: dict[str, Any]) -> None:
    """Wait for the job, seal this process, and run the program. Arguments: control socket, limits as JSON."""
    import_common(LATE_MODULES)
    site.setquit()
    set_limits(json.loads(sys.argv[2]))
    job = wait_for_job(int(sys.argv[1]))
    os.environ.clear()  # the interpreter itself adds to it
    os.environ.update(settings["environment"])
    close_descriptors(job["report"])
    begin(job)
    path, source = job["path"], job["code"].encode("utf-8", "surrogatepass")
    code = _compiled(source, path)
    text = source.decode("utf-8", "replace").removesuffix("\n") + "\n"
    linecache.cache[path] = (len(source), None, text.splitlines(keepends=True), path)
    sys.argv[:] = [path]
    sys.orig_argv[:] = [path]
    module = _main_module(path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "service"]:
        del sys.modules[name]
    with suppress(OSError):
        ctypes.CDLL("libgcc_s.so.1")  # libc wants it when a daemon thread is ended, and could not open it any more
    give_up_files()
    hide_from_others()
    load_filter(bytes.fromhex(settings["filter"]))
    sys.excepthook = _show
    _run(code, module)


def _compiled(source: bytes, path: str) -> CodeType:
    """Return the program's code, with all that it imports from the standard library imported."""
    try:
        for name in _imports(ast.parse(source, path)):
            with suppress(Exception):
                importlib.import_module(name)
        return compile(source, path, "exec", dont_inherit=True)
    except BaseException as error:
        traceback.print_exception(type(error), error, None)
        sys.stderr.flush()
        os._exit(1)


def _imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the standard library that a program may import, packages first."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names and top not in NOT_IMPORTED:
                yield name


def _main_module(path: str) -> ModuleType:
    module = ModuleType("__main__")
    module.__file__ = path
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__cached__"] = None
    sys.modules["__main__"] = module
    return module


def _run(code: CodeType, module: ModuleType) -> None:
    """Run the program, and end as the interpreter would: what raises here reaches it."""
    try:
        exec(code, module.__dict__)  # noqa: S102  (this is what the process is for)
    except SystemExit:
        raise
    except BaseException as error:
        _end(error, error.__traceback__)


def _end(error: BaseException, frames: TracebackType | None) -> None:
    frames = frames.tb_next if frames else None  # without our own
    sys.excepthook(type(error), error.with_traceback(frames), frames)
    sys.exit(INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1)


def _show(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    """Print a traceback with source lines, which the interpreter would have to read from a file."""
    traceback.print_exception(kind, error, frames)

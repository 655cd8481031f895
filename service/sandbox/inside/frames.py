"""Keeps our own frames out of what a program sees of its stack: tracebacks look as they do without us."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

WALKS = ("walk_tb", "_walk_tb_with_full_positions", "walk_stack")


def hide(files: frozenset[str]) -> None:
    """Hide the frames of code from `files`."""
    for name in WALKS:
        if hasattr(traceback, name):
            setattr(traceback, name, _walk(getattr(traceback, name), files))
    hook, thread_hook = sys.excepthook, threading.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
        _clean(error, files, set())
        hook(kind, error, _without(frames, files))

    def excepthook_of_threads(arguments: Any, /) -> None:
        if arguments.exc_value is not None:
            _clean(arguments.exc_value, files, set())
        thread_hook(arguments)

    sys.excepthook = excepthook
    threading.excepthook = excepthook_of_threads


def _walk(real: Callable[[Any], Iterator[Any]], files: frozenset[str]) -> Callable[[Any], Iterator[Any]]:
    def walk(start: Any) -> Iterator[Any]:
        return (found for found in real(start) if found[0].f_code.co_filename not in files)

    return walk


def _clean(error: BaseException | None, files: frozenset[str], seen: set[int]) -> None:
    """Take our frames out of an error and of all that it tells of."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.__traceback__ = _without(error.__traceback__, files)
    for other in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if isinstance(other, BaseException):
            _clean(other, files, seen)


def _without(frames: TracebackType | None, files: frozenset[str]) -> TracebackType | None:
    kept = []
    while frames is not None:
        if frames.tb_frame.f_code.co_filename not in files:
            kept.append(frames)
        frames = frames.tb_next
    for position, frame in enumerate(kept):
        frame.tb_next = kept[position + 1] if position + 1 < len(kept) else None
    return kept[0] if kept else None

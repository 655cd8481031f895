"""Errors of asking and running over HTTP and the command line.

ServiceError
├── SettingNotUsable     an `ASKMD_*` variable or an option is unknown or out of bounds
├── AddressNotUsable     the server cannot listen where it should
├── FileNotWritable      a report or a note cannot be written
├── RequestError         the caller can mend it
│   ├── InvalidRequest   a parameter is unknown, given twice or out of bounds; names each
│   ├── PageNotFound     the notes hold no such page; knows the nearest ones
│   ├── ExampleNotFound  the notes hold no example with that id
│   ├── TimelineNotFound nothing is known of when the tasks of an example ran
│   ├── ModelNotFound    a chat program asks for a model that is not the notes
│   ├── HostNotAllowed   the service is reached under a name that is not its own
│   ├── OriginNotAllowed a page of another site sends the request
│   ├── EditedCodeNotAllowed  code that is not the notes' is not run here
│   ├── CallerLeft       the caller went away before the result was there
│   └── BodyTooLarge     the request body is over the bound
└── Busy                 the service cannot take it now; says when to come back
    ├── NotReady         the index is not open yet
    ├── TooManyQuestions the queue of questions is full
    ├── ReportNotKept    a reported problem cannot be written down
    └── TooManyRuns      the queue of runs is full

What an example's program does wrong is no error of ours but a result of its run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ServiceError(Exception):
    """Base of all errors of this package."""


class SettingNotUsable(ServiceError):
    """A setting has a name that is not known, or a value that it cannot have."""


class AddressNotUsable(ServiceError):
    """The server cannot listen on its address."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Cannot listen on {host}:{port}: {reason}. Choose with --host and --port; --port 0 takes a free one."
        )
        self.host = host
        self.port = port


class FileNotWritable(ServiceError):
    """A file that was to be written cannot be."""

    def __init__(self, file: object, reason: str) -> None:
        super().__init__(f"{file} cannot be written: {reason}.")


class RequestError(ServiceError):
    """Something about the request that its sender can mend."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one parameter or field."""

    field: str
    message: str


class InvalidRequest(RequestError):
    """One or more parameters cannot be used."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = tuple(errors)


class PageNotFound(RequestError):
    """The notes hold no page at that address."""

    def __init__(self, path: str, nearest: Sequence[str] = ()) -> None:
        """Keep the address asked for and the addresses (`/guide/tasks`) of the nearest pages."""
        hint = f" The nearest: {', '.join(nearest)}." if nearest else ""
        super().__init__(f"The notes hold no page at {path!r}.{hint}")
        self.path = path
        self.nearest = tuple(nearest)


class ExampleNotFound(RequestError):
    """The notes hold no example with that id; an example gets a new id when its code changes."""

    def __init__(self, example_id: str) -> None:
        super().__init__(f"The notes hold no example {example_id!r}. GET /examples lists all of them.")
        self.example_id = example_id


class TimelineNotFound(RequestError):
    """There is no timeline of an example: it has not run on that clock, or it has no asyncio tasks."""

    def __init__(self, example_id: str) -> None:
        super().__init__(
            f"There is no timeline of the example {example_id!r}:"
            " it has no asyncio tasks, or has not run on that clock. POST /run/{id} runs it."
        )
        self.example_id = example_id


class ModelNotFound(RequestError):
    """A chat program asks for a model that is not the notes."""

    def __init__(self, model: str, known: str) -> None:
        super().__init__(f"There is no model {model[:100]!r} here. The notes answer as {known!r}.")
        self.model = model


class HostNotAllowed(RequestError):
    """The service is reached under a name that is not its own: perhaps by a page that turned its own name to it."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The Host {host[:100]!r} is not a name of this service."
            " Whoever runs it can allow it with ASKMD_ALLOWED_HOSTS."
        )
        self.host = host


class OriginNotAllowed(RequestError):
    """A page of another site sends the request."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"Pages of {origin[:100]!r} may not send this request."
            " Whoever runs the service can allow their host with ASKMD_ALLOWED_HOSTS."
        )
        self.origin = origin


class EditedCodeNotAllowed(RequestError):
    """Code that is not the notes' is given to be run, and whoever runs the service has not allowed that."""

    def __init__(self) -> None:
        super().__init__(
            "Only the notes' own code is run here, by POST /run/{id}."
            " Whoever runs the service can allow other code with ASKMD_ALLOW_EDITED_CODE=true."
        )


class CallerLeft(RequestError):
    """The caller went away before the result was there; its work is ended."""

    def __init__(self) -> None:
        super().__init__("The caller went away before the result was there.")


class BodyTooLarge(RequestError):
    """The request body is larger than the service takes."""

    def __init__(self, bound_bytes: int) -> None:
        super().__init__(f"The request body is larger than {bound_bytes} bytes.")
        self.bound_bytes = bound_bytes


class Busy(ServiceError):
    """The service cannot take the request now; the same request can succeed later."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class NotReady(Busy):
    """The index is not open yet, or no longer."""

    def __init__(self) -> None:
        super().__init__("The service is starting: its index is not open yet.")


class TooManyQuestions(Busy):
    """As many questions as the queue holds are in work or waiting."""

    def __init__(self) -> None:
        super().__init__("Too many questions are waiting. Come back in a second.")


class ReportNotKept(Busy):
    """A reported problem cannot be written down, since the file of the log cannot be used."""

    def __init__(self) -> None:
        super().__init__("The report could not be kept. Tell whoever runs the service; its log says why.", 60)


class TooManyRuns(Busy):
    """As many runs as the queue holds are in work or waiting, or as many as may were started in the last minute."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("Too many examples are waiting to run. Come back later.", retry_after_seconds)

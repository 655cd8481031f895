"""Errors of the client.

ClientError
├── ServerNotReached     no answer came: wrong address, service down, or too slow
├── RequestRefused       the service answered with a problem; it tells which, and what is wrong with which parameter
│   └── ServerBusy       still busy after the last attempt; says when to come back
└── AnswerNotUnderstood  what came is no answer of this service
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.errors import FieldError, ServiceError


class ClientError(ServiceError):
    """Base of all errors of the client."""


class ServerNotReached(ClientError):
    """No answer came."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"No answer from {url}: {reason}. Is the service running there? `askmd serve` starts one.")
        self.url = url


class RequestRefused(ClientError):
    """The service answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Keep the parts of the problem."""
        self.status = status
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.request_id = str(problem.get("request_id", ""))
        given = problem.get("errors") or []
        self.errors = tuple(FieldError(str(each.get("field")), str(each.get("message"))) for each in given)
        super().__init__(f"{self.title or 'Refused'} ({status}): {self.detail}")


class ServerBusy(RequestRefused):
    """The service is still busy after the last attempt."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after_seconds: float) -> None:
        super().__init__(status, problem)
        self.retry_after_seconds = retry_after_seconds


class AnswerNotUnderstood(ClientError):
    """What came is no answer of this service, or one of a version too new for this client."""

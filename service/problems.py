"""Errors as RFC 9457 problem details: one shape for every error answer, one table from error class to status.

Our own failures are logged in full and answered without detail.
"""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from corpus.errors import CorpusError
from index.errors import IndexFault
from service.completions.schemas import openai_problem
from service.errors import (
    BodyTooLarge,
    Busy,
    CallerLeft,
    EditedCodeNotAllowed,
    ExampleNotFound,
    FieldError,
    HostNotAllowed,
    InvalidRequest,
    ModelNotFound,
    OriginNotAllowed,
    PageNotFound,
    ServiceError,
    SettingNotUsable,
    TimelineNotFound,
    TooManyRuns,
)
from service.parameters import explain
from service.sandbox.errors import SandboxError

log = logging.getLogger("askmd.problems")

MEDIA_TYPE = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""Where errors have OpenAI's shape, since its clients read no other."""


class FieldProblem(BaseModel):
    """One parameter or field that cannot be used."""

    field: str = Field(examples=["k"])
    message: str = Field(examples=["should be at least 1, not 0"])


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="Address of what this kind of problem means.", examples=["/docs#request-not-valid"])
    title: str = Field(examples=["Request not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["k: should be at least 1, not 0"])
    instance: str = Field(description="Path of the request.", examples=["/ask"])
    request_id: str = Field(examples=["0b9f3c7c5d0a4f6e"])
    errors: list[FieldProblem] | None = Field(
        default=None, description="For a request that is not valid: each thing wrong."
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status and how it is called."""

    status: int
    title: str
    meaning: str
    tells_detail: bool = True

    @property
    def type(self) -> str:
        """Address of the kind's meaning."""
        return "/docs#" + self.title.lower().replace(" ", "-")


NOT_VALID = Kind(422, "Request not valid", "A parameter is unknown, missing, given twice or out of bounds.")
INTERNAL = Kind(500, "Internal error", "Our failure. The log holds it under the request's id.", tells_detail=False)

KINDS: Mapping[type[Exception], Kind] = {
    InvalidRequest: NOT_VALID,
    RequestValidationError: NOT_VALID,
    PageNotFound: Kind(404, "Page not found", "The notes hold no page at this address."),
    ExampleNotFound: Kind(404, "Example not found", "The notes hold no example with this id."),
    TimelineNotFound: Kind(404, "Timeline not found", "Nothing is known of when the tasks of this example ran."),
    ModelNotFound: Kind(404, "Model not found", "The notes answer under one name, which `GET /v1/models` tells."),
    HostNotAllowed: Kind(421, "Host not allowed", "The service is reached under a name that is not its own."),
    OriginNotAllowed: Kind(403, "Origin not allowed", "A page of another site sent the request."),
    EditedCodeNotAllowed: Kind(403, "Edited code not allowed", "Code that is not the notes' own is not run here."),
    CallerLeft: Kind(499, "Caller left", "The caller went away before the result was there; nobody reads this."),
    BodyTooLarge: Kind(413, "Body too large", "The request body is over the bound."),
    TooManyRuns: Kind(
        429, "Too many runs", "The queue of runs is full, or too many were started; Retry-After says when to come back."
    ),
    Busy: Kind(503, "Busy", "The service cannot take the request now; Retry-After says when to come back."),
    IndexFault: Kind(503, "Index not usable", "The index on disk cannot be used; the log says how to mend it.", False),
    SettingNotUsable: INTERNAL,
    ServiceError: INTERNAL,
    CorpusError: INTERNAL,
    SandboxError: INTERNAL,
    Exception: INTERNAL,
}


def kind_of(error: Exception) -> Kind:
    """Return the kind of the nearest class of the error that the table knows."""
    return next(KINDS[parent] for parent in type(error).__mro__ if parent in KINDS)


def add_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every error of the table, and those of the framework, as problem details."""
    for error_class in KINDS:
        if error_class is not Exception:  # the outermost middleware answers what nobody expected
            app.add_exception_handler(error_class, answer_error)
    app.add_exception_handler(HTTPException, answer_http_error)


async def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an error as problem details."""
    return problem_response(request, error)


async def answer_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an error that the framework raised (no such route, wrong method)."""
    if not isinstance(error, HTTPException):
        return problem_response(request, error)
    title = http.HTTPStatus(error.status_code).phrase
    kind = Kind(error.status_code, title, "")
    return _response(request, kind, str(error.detail), headers=error.headers)


def problem_response(request: Request, error: Exception) -> JSONResponse:
    """Build the answer to an error; a failure of ours goes to the log in full."""
    kind = kind_of(error)
    if not kind.tells_detail:
        log.error("request_id=%s failed", request_id(request), exc_info=error)
    headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, Busy) else None
    errors = _field_errors(error)
    detail = "; ".join(f"{each.field}: {each.message}" for each in errors) if errors else str(error)
    return _response(request, kind, detail if kind.tells_detail else kind.meaning, errors, headers)


def request_id(request: Request) -> str:
    """Return the id that the outermost middleware gave the request."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def _field_errors(error: Exception) -> Sequence[FieldError]:
    if isinstance(error, InvalidRequest):
        return error.errors
    if isinstance(error, RequestValidationError):
        return [found for each in error.errors() for found in explain(each)]
    return ()


def _response(
    request: Request,
    kind: Kind,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    path = request.scope["path"]
    if path.startswith(OPENAI_PATHS):
        status = 400 if kind.status == 422 else kind.status
        parameter = errors[0].field if errors else None
        code = kind.title.lower().replace(" ", "_")
        return JSONResponse(openai_problem(status, code, detail, parameter), status, headers=_headers(headers))
    body: dict[str, Any] = {
        "type": kind.type if kind.meaning else "about:blank",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": path,
        "request_id": request_id(request),
    }
    if errors:
        body["errors"] = [{"field": each.field, "message": each.message} for each in errors]
    return JSONResponse(jsonable_encoder(body), kind.status, headers=_headers(headers), media_type=MEDIA_TYPE)


def _headers(more: Mapping[str, str] | None) -> dict[str, str]:
    return {"Cache-Control": "no-store", **(more or {})}

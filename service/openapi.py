"""The service's description as OpenAPI: the forms of an answer and the one shape of every error."""

from __future__ import annotations

import http
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from service.completions.schemas import OpenAIProblem, openai_problem
from service.events import FIELDS
from service.negotiation import EVENTS, HTML, JSON, MARKDOWN
from service.problems import KINDS, MEDIA_TYPE, Kind, Problem
from service.schemas import AnswerBody, GapsBody

Responses = dict[int | str, dict[str, Any]]

HELD = {"description": "The client holds this answer already (`If-None-Match`)."}
_TEXT = {"schema": {"type": "string"}}


def body(model: type[BaseModel]) -> dict[str, Any]:
    """Describe JSON by its model; `describe` adds the models."""
    return {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}


def event_stream(*names: str) -> dict[str, Any]:
    """Describe a stream of events whose data is JSON; without names they are plain messages."""
    data = {"type": "string", "contentMediaType": JSON}
    named = {"event": {"type": "string", "enum": list(names)}} if names else {}
    return {"itemSchema": {"type": "object", "properties": {**named, "data": data}, "required": ["data"]}}


ANSWERS: Responses = {
    200: {
        "description": "The answer; `answered` is false when the notes do not hold it.",
        "content": {JSON: body(AnswerBody), MARKDOWN: _TEXT},
    },
    304: HELD,
}
"""Responses of the addresses that answer a question."""

ANSWERS_AND_EVENTS: Responses = {
    200: {
        "description": "The answer; whole, or as events that hold its fields: excerpts first, then the answer.",
        "content": {**ANSWERS[200]["content"], EVENTS: event_stream(*FIELDS, "error")},
    },
    304: HELD,
}

PAGES: Responses = {
    200: {
        "description": "The page, or the answer to the question that is asked at its address.",
        "content": {**ANSWERS[200]["content"], HTML: _TEXT},
    },
    303: {"description": "A question in a browser: the chat page asks it."},
    304: HELD,
}
"""Responses of a page's address."""


def texts(media_type: str, *more: str) -> Responses:
    """Describe an address that answers text."""
    content = dict.fromkeys((media_type, *more), _TEXT)
    return {200: {"description": "The text.", "content": content}, 304: HELD}


def problems(*statuses: int, also: str = "") -> Responses:
    """Describe the errors that a route can answer with, as problems, and in another media type where there is one."""
    return {
        status: {
            "description": http.HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {**body(Problem), "example": _example(status)}, **({also: _TEXT} if also else {})},
        }
        for status in statuses
    }


def openai_problems(*statuses: int) -> Responses:
    """Describe the errors of a route that answers in OpenAI's shape, and no others."""
    return {
        status: {
            "description": http.HTTPStatus(status).phrase,
            "content": {JSON: {**body(OpenAIProblem), "example": _openai_example(status)}},
        }
        for status in statuses
    }


def _example(status: int) -> dict[str, Any]:
    """Make a problem of a status out of the table of kinds."""
    kinds = (kind for kind in KINDS.values() if kind.status == status)
    kind = next(kinds, Kind(status, http.HTTPStatus(status).phrase, ""))
    about = {"type": kind.type if kind.meaning else "about:blank", "title": kind.title, "status": status}
    errors = {"errors": [{"field": "k", "message": "should be less than or equal to 20, not '21'"}]}
    return {
        **about,
        "detail": kind.meaning or kind.title,
        "instance": "/ask",
        "request_id": "0b9f3c7c5d0a4f6e",
        **(errors if status == 422 else {}),
    }


def _openai_example(status: int) -> dict[str, Any]:
    """Make an error of a status in OpenAI's shape; a request that is not valid is a 400 there."""
    problem = _example(422 if status == 400 else status)
    code = problem["title"].lower().replace(" ", "_")
    return openai_problem(status, code, problem["detail"], "messages" if status == 400 else None)


def describe(app: FastAPI) -> None:
    """Make the app describe itself with the shapes that `problems` and `ANSWERS` refer to."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for model in (AnswerBody, GapsBody, OpenAIProblem, Problem):
                described = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(described.pop("$defs", {}))
                schemas[model.__name__] = described
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

"""The service's description as OpenAPI: the forms of an answer and the one shape of every error."""

from __future__ import annotations

import http
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.completions.schemas import OpenAIProblem
from service.negotiation import JSON, MARKDOWN
from service.problems import MEDIA_TYPE, Problem
from service.schemas import AnswerBody, GapsBody

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}

HELD = {"description": "The client holds this answer already (`If-None-Match`)."}

ANSWERS: Responses = {
    200: {
        "description": "The answer; `answered` is false when the notes do not hold it.",
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/AnswerBody"}},
            MARKDOWN: {"schema": {"type": "string"}},
        },
    },
    304: HELD,
}
"""Responses of the addresses that answer a question."""


def texts(media_type: str, *more: str) -> Responses:
    """Describe an address that answers text."""
    content = {each: {"schema": {"type": "string"}} for each in (media_type, *more)}
    return {200: {"description": "The text.", "content": content}, 304: HELD}


def problems(*statuses: int) -> Responses:
    """Describe the errors that a route can answer with."""
    return {status: {"description": http.HTTPStatus(status).phrase, **_PROBLEM} for status in statuses}


def openai_problems(*statuses: int) -> Responses:
    """Describe the errors of a route that answers in OpenAI's shape, and no others."""
    schema = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/OpenAIProblem"}}}}
    return {status: {"description": http.HTTPStatus(status).phrase, **schema} for status in statuses}


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

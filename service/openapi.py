"""The service's description as OpenAPI: the forms of an answer and the one shape of every error."""

from __future__ import annotations

import http
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.negotiation import JSON, MARKDOWN
from service.problems import MEDIA_TYPE, Problem
from service.schemas import AnswerBody, GapsBody

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}

ANSWERS: Responses = {
    200: {
        "description": "The answer; `answered` is false when the notes do not hold it.",
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/AnswerBody"}},
            MARKDOWN: {"schema": {"type": "string"}},
        },
    },
    304: {"description": "The client holds this answer already (`If-None-Match`)."},
}
"""Responses of the addresses that answer a question."""


def problems(*statuses: int) -> Responses:
    """Describe the errors that a route can answer with."""
    return {status: {"description": http.HTTPStatus(status).phrase, **_PROBLEM} for status in statuses}


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
            for model in (AnswerBody, GapsBody, Problem):
                described = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas.update(described.pop("$defs", {}))
                schemas[model.__name__] = described
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

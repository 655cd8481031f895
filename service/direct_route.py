"""Routes that are answered often: described by FastAPI as any other, without its way through dependencies.

That way takes longer than all else that a request needs on the event loop. A direct route does the same for what its
endpoint takes: the request, the values of the path, one model of the query, and the scope of the request.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, get_type_hints

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from service.parameters import Parameters, refuse_ignored
from service.state import RequestScope, hold

_held = asynccontextmanager(hold)


class DirectRoute(APIRoute):
    """A route whose endpoint takes only what is named above, and returns a response."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what handles a request."""
        endpoint = self.endpoint
        taken = get_type_hints(endpoint)
        query = next(name for name, kind in taken.items() if isinstance(kind, type) and issubclass(kind, Parameters))
        scope = next(name for name, kind in taken.items() if kind is RequestScope)
        model = taken[query]

        async def handle(request: Request) -> Response:
            await refuse_ignored(request)
            async with _held(request) as held:
                values = {query: _read_query(model, request), scope: held, **request.path_params}
                response: Response = await endpoint(request=request, **values)
                return response

        return handle


def _read_query(model: type[Parameters], request: Request) -> Parameters:
    """Read the query as the model says. Raises RequestValidationError, as FastAPI does."""
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise RequestValidationError([{**each, "loc": ("query", *each["loc"])} for each in errors]) from error

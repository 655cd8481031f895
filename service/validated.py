"""Replies that stay the same while the index and the request do: made off the event loop, only when new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import Response

from service.caching import VALIDATED, entity_tag, is_fresh
from service.site_address import site_address
from service.software import software_version
from service.state import RequestScope


async def reply_validated(
    request: Request,
    scope: RequestScope,
    media_type: str,
    write: Callable[[], str],
    *parameters: object,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Reply with what `write` returns, or with 304 when the client holds it.

    The text may depend on the index, the path, the site's address and the `parameters`, and on nothing else.
    """
    site = site_address(request, scope.settings)
    version = scope.generation.index.manifest.version
    tag = entity_tag(software_version(), version, request.scope["path"], site, media_type, *parameters)
    all_headers = {**VALIDATED, "ETag": tag, **(headers or {})}
    if is_fresh(request.headers, tag):
        return Response(status_code=304, headers=all_headers)
    return Response(await asyncio.to_thread(write), headers=all_headers, media_type=media_type)

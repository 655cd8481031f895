"""The chat page and the files it is made of: `GET /` and `GET /static/{name}`.

Only the files listed here can be reached. A browser asks again on each visit and gets a 304 while nothing changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from service.caching import VALIDATED, entity_tag, is_fresh
from service.negotiation import VARY
from service.page_replies import lists, prefers_markdown, reply_with_landing_page

router = APIRouter()

STATIC_FOLDER = Path(__file__).parent.parent / "static"

_SCRIPT = "text/javascript; charset=utf-8"
MEDIA_TYPES: Mapping[str, str] = {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "chat.js": _SCRIPT,
    "answer.js": _SCRIPT,
    "editing.js": _SCRIPT,
    "elements.js": _SCRIPT,
    "examples.js": _SCRIPT,
    "markdown.js": _SCRIPT,
    "requests.js": _SCRIPT,
}


@router.get("/", include_in_schema=False)
async def chat_page(request: Request) -> Response:
    """Answer the chat page; to a client that would rather have Markdown, the landing page of the notes."""
    if prefers_markdown(request):
        return await reply_with_landing_page(request)
    response = await asyncio.to_thread(_file_response, request, "index.html")
    response.headers["Vary"] = VARY
    response.headers["Link"] = lists("")
    return response


@router.get("/static/{name}", include_in_schema=False)
def static_file(request: Request, name: str) -> Response:
    """Answer one of the files that the pages load."""
    if name not in MEDIA_TYPES:
        raise HTTPException(404, f"There is no file {name!r} here.")
    return _file_response(request, name)


def _file_response(request: Request, name: str) -> Response:
    content = _read(name)
    tag = entity_tag(name, content)
    headers = {"ETag": tag, **VALIDATED}
    if is_fresh(request.headers, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[name])


@cache
def _read(name: str) -> str:
    return (STATIC_FOLDER / name).read_text(encoding="utf-8")

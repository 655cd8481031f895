"""Under which address a client reaches this service, so that links in Markdown still lead here once it is copied."""

from __future__ import annotations

import re

from fastapi import Request

from service.settings import Settings

_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.IGNORECASE)


def site_address(request: Request, settings: Settings) -> str:
    """Return `https://host`, without a slash at its end: as set, or as the request names it.

    Empty when the request's Host header is no host name: links then begin with their path.
    """
    if settings.public_url:
        return settings.public_url
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""

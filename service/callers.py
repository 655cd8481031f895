"""Who may reach the addresses that act or tell what was asked: programs of this machine, and names that were allowed.

A web page can turn its own name to a service in its visitor's network (DNS rebinding), or have the browser send a
request there. Both show: in the Host header stands the page's name, in the Origin header where it came from. An IP
address as Host can't come of a name that was turned, so it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from service.errors import HostNotAllowed, NotReady, OriginNotAllowed
from service.settings import Settings

ANY = "*"


def check_caller(headers: Mapping[str, str], settings: Settings) -> None:
    """Raise HostNotAllowed or OriginNotAllowed for a request that a page of another site may have sent."""
    host = headers.get("host", "")
    allowed = {name.strip().lower() for name in settings.allowed_hosts.split(",") if name.strip()}
    if ANY in allowed:
        return
    name = _name(f"//{host}")
    if not (_is_address(name) or _is_local(name) or name in {settings.host.lower(), *allowed}):
        raise HostNotAllowed(host)
    origin = headers.get("origin", "")
    if not origin or origin.partition("://")[2] == host:
        return
    page = _name(origin)
    if not (_is_local(page) or page in allowed):
        raise OriginNotAllowed(origin)


async def only_known_callers(request: Request) -> None:
    """Check the caller of a route."""
    application = getattr(request.app.state, "application", None)
    if application is None:
        raise NotReady
    check_caller(request.headers, application.settings)


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or (_is_address(name) and ip_address(name).is_loopback)

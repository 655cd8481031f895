"""Where a link in the notes leads on this site: `../guide/tasks.md#create` on a page becomes `/guide/tasks#create`."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from service.page_paths import address_of

LINK_SCHEMES = frozenset({"http", "https", "mailto"})


def link_from(path: str, href: str) -> str | None:
    """Return the address that `href`, written on the page at `path`, stands for; None when it may not be followed."""
    try:
        parts = urlsplit(href)
    except ValueError:  # a host that is none, such as `http://[`
        return None
    if parts.scheme:
        return href if parts.scheme in LINK_SCHEMES else None
    if parts.netloc or not parts.path:
        return href
    target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), unquote(parts.path)))
    # Two slashes in front would name another host.
    address = quote(address_of(target.lstrip("/")))
    return urlunsplit(("", "", address, parts.query, parts.fragment))

"""Read how programs name a page: as a path, an address on this service, a full URL, or a resource's URI."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from service.page_paths import PagePaths


def read_page_address(text: str) -> tuple[str, str]:
    """Return (address, anchor): `https://host/guide/tasks?x=1#new` gives `guide/tasks` and `new`."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return text.strip(), ""
    return unquote(parts.path).strip("/"), unquote(parts.fragment)


def resolve_page(paths: PagePaths, text: str) -> tuple[str | None, str]:
    """Return (path of the page or None, anchor); an address's first folders may be those of a proxy."""
    if path := paths.resolve(text):  # a path may hold what has a meaning in an address
        return path, ""
    address, anchor = read_page_address(text)
    while (path := paths.resolve(address)) is None and "/" in address and "://" in text:
        address = address.partition("/")[2]
    return path, anchor

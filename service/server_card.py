"""The card by which programs learn, before they connect, that there is an MCP server here and where.

It holds what SEP-2127 (server cards) asks for: a name, a version, and the address to connect to. Tools are not listed;
the server tells them to whoever connects.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from service.listings import Contents
from service.markdown_answer import shortened
from service.software import software_version

SCHEMA = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json"
MEDIA_TYPE = "application/mcp-server-card+json"
DESCRIPTION_CHARACTERS = 100
_TEXTS = ("$schema", "name", "title", "description", "version", "websiteUrl")
CARD_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in _TEXTS},
        "remotes": {
            "type": "array",
            "items": {"type": "object", "properties": {"type": {"type": "string"}, "url": {"type": "string"}}},
        },
    },
    "required": [*_TEXTS, "remotes"],
}


def server_card(contents: Contents, site: str) -> dict[str, Any]:
    """Return the card of the server at `site`."""
    about = f"Search, ask and run the notes: {contents.summary}"
    return {
        "$schema": SCHEMA,
        "name": f"{_reversed_host(site)}/askmd",
        "title": shortened(contents.title)[:DESCRIPTION_CHARACTERS],
        "description": about if len(about) <= DESCRIPTION_CHARACTERS else about[: DESCRIPTION_CHARACTERS - 1] + "…",
        "version": software_version(),
        "websiteUrl": f"{site}/",
        "remotes": [{"type": "streamable-http", "url": f"{site}/mcp"}],
    }


def _reversed_host(site: str) -> str:
    """Name the host as in `org.example.notes`; an address of numbers is no name."""
    host = (urlsplit(site).hostname or "localhost").strip(".")
    named = any(character.isalpha() for character in host) and ":" not in host
    return ".".join(reversed(host.split("."))) if named else "localhost"

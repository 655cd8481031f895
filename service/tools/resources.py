"""The pages of the notes as resources: `askmd:///guide/tasks.md` is a page's Markdown."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from corpus.document import Page
from service.page_address import read_page_address
from service.state import Application

PAGES_LISTED = 200
"""Pages in one part of the list."""
SCHEME = "askmd:///"
MARKDOWN = "text/markdown"
Context = ServerRequestContext[Any, Any]


class Resources:
    """Lists and reads the pages of whichever index is served at the moment."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def list_pages(self, context: Context, parameters: PaginatedRequestParams | None) -> ListResourcesResult:
        """List pages in reading order; the cursor is the position of the next one."""
        start = _position(parameters.cursor if parameters else None)
        pages = self._application.generations.newest.index.pages()
        end = start + PAGES_LISTED
        following = str(end) if end < len(pages) else None
        return ListResourcesResult(resources=[_resource(page) for page in pages[start:end]], next_cursor=following)

    async def list_templates(
        self, context: Context, parameters: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """Describe the addresses of all pages at once."""
        template = ResourceTemplate(
            name="page",
            title="A page of the notes",
            uri_template=f"{SCHEME}{{+path}}",
            description="A page by its path, as guide/tasks.md.",
            mime_type=MARKDOWN,
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_page(self, context: Context, parameters: ReadResourceRequestParams) -> ReadResourceResult:
        """Read a page. Raises MCPError that names the nearest pages when there is none."""
        address, _ = read_page_address(parameters.uri)
        async with self._application.generations.hold() as generation:
            path = generation.paths.resolve(address)
            page = await asyncio.to_thread(generation.index.page, path) if path else None
            nearest = generation.paths.nearest(address[:200])
        if page is None:
            hint = f" The nearest: {', '.join(_uri(each.path) for each in nearest)}." if nearest else ""
            raise MCPError(INVALID_PARAMS, f"The notes hold no page {parameters.uri[:200]!r}.{hint}")
        text = TextResourceContents(uri=_uri(page.path), mime_type=MARKDOWN, text=page.text)
        return ReadResourceResult(contents=[text])


def _resource(page: Page) -> Resource:
    description = page.description or " › ".join(page.groups) or None
    return Resource(name=page.path, title=page.title, uri=_uri(page.path), description=description, mime_type=MARKDOWN)


def _uri(path: str) -> str:
    return SCHEME + quote(path)


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 9:
        raise MCPError(INVALID_PARAMS, "This cursor is not one of ours; list again without one.")
    return int(cursor)

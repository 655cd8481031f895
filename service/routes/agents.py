"""What agents and crawlers look for at known addresses: lists of pages, all of their text, the server's card."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.errors import PageNotFound
from service.listings import Contents, llms_files, read_contents, site_map, xml_site_map
from service.negotiation import MARKDOWN
from service.openapi import HELD, Responses, problems, texts
from service.parameters import WholeNotesQuery
from service.server_card import CARD_SCHEMA, server_card
from service.server_card import MEDIA_TYPE as CARD
from service.site_address import site_address
from service.state import ScopeOfRequest
from service.validated import reply_validated
from service.whole_notes import whole_notes

router = APIRouter(tags=["agents"])

PLAIN = "text/plain"
XML = "application/xml"
CARDS: Responses = {200: {"description": "The card.", "content": {CARD: {"schema": CARD_SCHEMA}}}, 304: HELD}
NOT_INDEXED = {"X-Robots-Tag": "noindex"}

ROBOTS = """# Agents: {site}/llms.txt lists all pages, and any page answers questions: <page>.md?ask=<question>
User-agent: *
Disallow: /run
Allow: /

Sitemap: {site}/sitemap.xml
"""


@router.get("/llms.txt", responses={**texts(PLAIN), **problems(503)})
@router.get("/.well-known/llms.txt", responses={**texts(PLAIN), **problems(503)})
async def llms_txt(request: Request, scope: ScopeOfRequest) -> Response:
    """List all pages with what they are about; when they are many, list the lists."""
    return await _list(request, scope, PLAIN, lambda contents, site: llms_files(contents, site)[0])


@router.get("/llms/{number}.txt", responses={**texts(PLAIN), **problems(404, 503)})
async def llms_part(request: Request, number: int, scope: ScopeOfRequest) -> Response:
    """Give one of the lists that `/llms.txt` leads to when the pages are many."""

    def write(contents: Contents, site: str) -> str:
        files = llms_files(contents, site)
        if not 0 < number < len(files):
            raise PageNotFound(request.scope["path"][:100], ["/llms.txt"])
        return files[number]

    return await _list(request, scope, PLAIN, write)


@router.get("/sitemap.md", responses={**texts(MARKDOWN), **problems(503)})
@router.get("/.well-known/sitemap.md", responses={**texts(MARKDOWN), **problems(503)})
async def sitemap_md(request: Request, scope: ScopeOfRequest) -> Response:
    """List all pages in one Markdown file."""
    return await _list(request, scope, MARKDOWN, site_map)


@router.get("/sitemap.xml", responses={**texts(XML), **problems(503)})
async def sitemap_xml(request: Request, scope: ScopeOfRequest) -> Response:
    """List the addresses of all pages for search engines."""
    return await _list(request, scope, XML, xml_site_map)


@router.get("/.well-known/mcp/server-card.json", responses={**CARDS, **problems(503)})
async def mcp_server_card(request: Request, scope: ScopeOfRequest) -> Response:
    """Tell where the MCP server is."""
    return await _list(request, scope, CARD, lambda contents, site: json.dumps(server_card(contents, site), indent=2))


@router.get("/robots.txt", responses={**texts(PLAIN), **problems(503)})
async def robots_txt(request: Request, scope: ScopeOfRequest) -> Response:
    """Tell crawlers where the lists are."""
    site = site_address(request, scope.settings)
    return await reply_validated(request, scope, PLAIN, lambda: ROBOTS.format(site=site))


@router.get("/llms-full.txt", responses={**texts(PLAIN), **problems(503)})
async def llms_full_txt(request: Request, parameters: WholeNotesQuery, scope: ScopeOfRequest) -> Response:
    """Give the text of all pages, in parts; each part links to the next."""
    site = site_address(request, scope.settings)
    parts = scope.generation.index, scope.generation.paths
    return await reply_validated(
        request, scope, PLAIN, lambda: whole_notes(*parts, site, parameters.part), parameters.part, headers=NOT_INDEXED
    )


async def _list(
    request: Request, scope: ScopeOfRequest, media_type: str, write: Callable[[Contents, str], str]
) -> Response:
    """Reply with something written from the list of all pages."""
    site, index = site_address(request, scope.settings), scope.generation.index
    return await reply_validated(
        request, scope, media_type, lambda: write(read_contents(index), site), headers=NOT_INDEXED
    )

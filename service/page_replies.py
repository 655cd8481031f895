"""HTTP replies with a page of the notes, as HTML or Markdown, or with the answer to a question asked at its address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from corpus.document import Page
from service.caching import VALIDATED, entity_tag, is_fresh
from service.errors import PageNotFound
from service.markdown_answer import inline, markdown_url
from service.negotiation import HTML, JSON, MARKDOWN, preferred
from service.page_paths import address_of
from service.parameters import PageParameters
from service.rendering import render_page
from service.replies import reply_to_question
from service.software import software_version
from service.state import RequestScope

NAMES_SHOWN = 200
"""Characters of an address that was not found that are shown again."""
CONTENTS = ("index.md", "index")


async def reply_with_page(request: Request, scope: RequestScope, address: str, parameters: PageParameters) -> Response:
    """Reply with the page at the address, or with the answer to the question asked there. Raises PageNotFound."""
    path = scope.generation.paths.resolve(address)
    markdown = wants_markdown(request, address, parameters)
    if path is None and address not in CONTENTS:
        return missing_page(scope, address, markdown)
    if parameters.question is not None:
        if not markdown and parameters.format is None:
            return RedirectResponse(chat_address(parameters, path or ""), status_code=303)
        return await reply_to_question(request, scope, parameters.question, path or "", parameters, (MARKDOWN, JSON))
    if path is None:
        return validated(request, scope, contents(scope.generation.index.pages()), MARKDOWN)
    return await show_page(request, scope, path, markdown)


def wants_markdown(request: Request, address: str, parameters: PageParameters) -> bool:
    """Say whether Markdown is asked for: by the address, by `format=` or by the Accept header."""
    accept = request.headers.get("accept", "")
    return address.endswith(".md") or parameters.format == "md" or preferred(accept, (HTML, MARKDOWN)) == MARKDOWN


async def show_page(request: Request, scope: RequestScope, path: str, markdown: bool) -> Response:
    """Reply with a page that is in the notes."""
    page = await asyncio.to_thread(scope.generation.index.page, path)
    if page is None:
        raise PageNotFound(path)
    if markdown:
        return validated(request, scope, page.text, MARKDOWN)
    return validated(request, scope, await asyncio.to_thread(render, page, scope), HTML)


def render(page: Page, scope: RequestScope) -> str:
    """Lay a page out as HTML, with the table of contents beside it."""
    pages = scope.generation.index.pages()
    navigation = [(each.title, address_of(each.path), each.groups[-1] if each.groups else "") for each in pages]
    return render_page(page, navigation=navigation)


def validated(request: Request, scope: RequestScope, text: str, media_type: str) -> Response:
    """Reply with a text that depends on the index and the address only; with 304 when the client holds it."""
    tag = entity_tag(software_version(), scope.generation.index.manifest.version, request.scope["path"], media_type)
    headers = {**VALIDATED, "ETag": tag, "Vary": "Accept"}
    if is_fresh(request.headers, tag):
        return Response(status_code=304, headers=headers)
    if media_type == MARKDOWN:
        headers["X-Robots-Tag"] = "noindex"
    return Response(text, headers=headers, media_type=media_type)


def contents(pages: Sequence[Page]) -> str:
    """List all pages as Markdown links."""
    links = (f"- [{inline(page.title)}]({markdown_url(address_of(page.path))})" for page in pages)
    return "# Pages\n\n" + "\n".join(links) + "\n"


def missing_page(scope: RequestScope, address: str, markdown: bool) -> Response:
    """Say that there is no such page, which are near, and how to ask. Raises PageNotFound unless as Markdown."""
    shown = address[:NAMES_SHOWN]
    nearest = scope.generation.paths.nearest(shown)
    if not markdown:
        raise PageNotFound(f"/{shown}", [address_of(page.path) for page in nearest])
    lines = [f"# No page at /{inline(shown)}", ""]
    if nearest:
        lines += ["The nearest pages:", "", *contents(nearest).splitlines()[2:], ""]
    lines += ["All pages: [/index.md](/index.md). Or ask: `GET /ask?q=<question>&format=md`."]
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Robots-Tag": "noindex"}
    return Response("\n".join(lines) + "\n", 404, headers, media_type=MARKDOWN)


def chat_address(parameters: PageParameters, path: str) -> str:
    """Return the address of the chat page that asks the question from this page."""
    context = {"ask": parameters.question or "", "page": path, "goal": parameters.goal}
    return "/?" + urlencode({name: value for name, value in context.items() if value})

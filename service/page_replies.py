"""HTTP replies with a page of the notes, as HTML or Markdown, or with the answer to a question asked at its address."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from corpus.document import Page
from service.agent_clients import is_agent
from service.agent_lines import footer, pointer
from service.agent_markdown import agent_page, agent_text
from service.errors import PageNotFound
from service.listings import read_contents, site_map
from service.markdown_answer import inline
from service.navigation import navigation
from service.negotiation import HTML, JSON, MARKDOWN, VARY, preferred
from service.page_paths import address_of, markdown_address
from service.parameters import PageParameters
from service.rendering import render_page
from service.replies import reply_to_question
from service.site_address import site_address
from service.state import RequestScope, hold
from service.validated import reply_validated

NAMES_SHOWN = 200
"""Characters of an address that was not found that are shown again."""
NEAREST = 5
CONTENTS = ("index.md", "index")


async def reply_with_page(request: Request, scope: RequestScope, address: str, parameters: PageParameters) -> Response:
    """Reply with the page at the address, or with the answer to the question asked there. Raises PageNotFound."""
    path = scope.generation.paths.resolve(address)
    markdown = wants_markdown(request, address, parameters)
    if path is None and address not in CONTENTS:
        refuse_method(request)
        return await missing_page(request, scope, address, markdown)
    if parameters.question is not None:
        if not markdown and parameters.format is None:
            return RedirectResponse(chat_address(parameters, path or ""), status_code=303)
        return await reply_to_question(request, scope, parameters.question, path or "", parameters, (MARKDOWN, JSON))
    if path is None:
        return await show_contents(request, scope, parameters)
    return await show_page(request, scope, path, markdown, parameters)


async def reply_with_landing_page(request: Request) -> Response:
    """Reply with the landing page as Markdown, or with the answer to the question asked there. Raises NotReady."""
    asked = {name: value for name in ("q", "ask", "goal") if (value := request.query_params.get(name)) is not None}
    async with asynccontextmanager(hold)(request) as scope:
        return await reply_with_page(request, scope, CONTENTS[0], PageParameters.model_validate(asked))


def refuse_method(request: Request) -> None:
    """Raise HTTPException for an address that is no page and takes other methods than GET."""
    methods = (method for method in ("POST", "PUT", "PATCH", "DELETE") if takes(request, method))
    if allowed := ", ".join(methods):
        raise HTTPException(405, f"This address takes {allowed}.", {"Allow": allowed})


def takes(request: Request, method: str) -> bool:
    """Say whether some route takes the method at the request's address."""
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def wants_markdown(request: Request, address: str, parameters: PageParameters) -> bool:
    """Say whether Markdown is asked for: by the address, by `format=`, or by what the client says of itself."""
    return address.endswith(".md") or parameters.format == "md" or prefers_markdown(request)


def prefers_markdown(request: Request) -> bool:
    """Say whether the client would rather have Markdown than HTML: by its Accept header, or because it is an agent."""
    accept = preferred(request.headers.get("accept", ""), (HTML, MARKDOWN))
    return accept == MARKDOWN or is_agent(request.headers.get("user-agent", ""))


async def show_page(
    request: Request, scope: RequestScope, path: str, markdown: bool, parameters: PageParameters
) -> Response:
    """Reply with a page that is in the notes."""
    index, paths = scope.generation.index, scope.generation.paths
    site = site_address(request, scope.settings)
    instructed = parameters.displayAgentInstructions

    def page_of_notes() -> Page:
        page = index.page(path)
        if page is None:
            raise PageNotFound(path)
        return page

    def write_markdown() -> str:
        page, examples = page_of_notes(), index.page_examples(path)
        return agent_page(page, paths, site, examples) if instructed else agent_text(page, paths, site, examples) + "\n"

    if markdown:
        links = f'<{site}{quote(address_of(path))}>; rel="canonical"; type="text/html", {lists(site)}'
        headers = {"Vary": VARY, "Link": links, "X-Robots-Tag": "noindex"}
        return await reply_validated(request, scope, MARKDOWN, write_markdown, instructed, headers=headers)
    links = f'<{site}{markdown_address(path)}>; rel="alternate"; type="text/markdown", {lists(site)}'
    headers = {"Vary": VARY, "Link": links}
    return await reply_validated(request, scope, HTML, lambda: render(page_of_notes(), scope), headers=headers)


def lists(site: str) -> str:
    """Return the part of a `Link` header that names the lists of all pages."""
    return f'<{site}/llms.txt>; rel="llms-txt", <{site}/llms-full.txt>; rel="llms-full-txt"'


def render(page: Page, scope: RequestScope) -> str:
    """Lay a page out as HTML, with the table of contents beside it."""
    index = scope.generation.index
    return render_page(page, navigation=navigation(index.pages(), page.path), examples=index.page_examples(page.path))


async def show_contents(request: Request, scope: RequestScope, parameters: PageParameters) -> Response:
    """Reply with the list of all pages, for notes that have no landing page."""
    site, index = site_address(request, scope.settings), scope.generation.index

    def write() -> str:
        text = site_map(read_contents(index), site)
        return (
            f"{pointer(site)}\n\n{text}\n{footer(site, '/index.md')}" if parameters.displayAgentInstructions else text
        )

    headers = {"Vary": VARY, "Link": lists(site), "X-Robots-Tag": "noindex"}
    return await reply_validated(request, scope, MARKDOWN, write, parameters.displayAgentInstructions, headers=headers)


async def missing_page(request: Request, scope: RequestScope, address: str, markdown: bool) -> Response:
    """Say that there is no such page, which are near, and how to ask. Raises PageNotFound unless as Markdown."""
    shown = address[:NAMES_SHOWN]
    pages = await asyncio.to_thread(nearest_pages, scope, shown)
    if not markdown:
        raise PageNotFound(f"/{shown}", [address_of(page.path) for page in pages])
    site = site_address(request, scope.settings)
    lines = [f"# No page at /{inline(shown)}", "", "The nearest pages:", ""]
    lines += [f"- [{inline(page.title)}]({site}{markdown_address(page.path)})" for page in pages]
    lines += [
        "",
        f"All pages: [llms.txt]({site}/llms.txt). Or ask what you want to know; every page answers:",
        "",
        "```",
        f"GET {site}{markdown_address(pages[0].path) if pages else '/index.md'}?ask=<question>&goal=<user_goal>",
        "```",
    ]
    headers = {"Cache-Control": "no-store", "Vary": VARY, "Link": lists(site), "X-Robots-Tag": "noindex"}
    return Response("\n".join(lines) + "\n", 404, headers, media_type=MARKDOWN)


def nearest_pages(scope: RequestScope, address: str) -> list[Page]:
    """Return the pages whose names are most like the address; the first pages of the notes fill the list up."""
    near = {page.path: page for page in scope.generation.paths.nearest(address, NEAREST)}
    near |= {page.path: page for page in scope.generation.index.pages()[:NEAREST] if page.path not in near}
    return list(near.values())[:NEAREST]


def chat_address(parameters: PageParameters, path: str) -> str:
    """Return the address of the chat page that asks the question from this page."""
    context = {"ask": parameters.question or "", "page": path, "goal": parameters.goal}
    return "/?" + urlencode({name: value for name, value in context.items() if value})

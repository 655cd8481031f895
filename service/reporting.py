"""Take in a problem with the notes that somebody reports."""

from __future__ import annotations

import asyncio

from service.page_address import resolve_page
from service.questions import clean
from service.state import RequestScope


async def keep_report(scope: RequestScope, content: str, page: str, goal: str) -> str:
    """Keep a report and return the page that it is about: its path, or what was given. Raises ReportNotKept."""
    path, _ = resolve_page(scope.generation.paths, page)
    about = path or clean(page)
    await asyncio.to_thread(scope.application.question_log.report, content.strip(), about, clean(goal))
    return about

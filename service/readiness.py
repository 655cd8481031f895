"""What `/readyz` tells: the index that answers, the sandbox and what it does not stop, and how examples ended."""

from __future__ import annotations

import asyncio

from service.bodies import index_body
from service.example_results import standings_of
from service.sandbox import Sandbox
from service.schemas import ReadyBody, SandboxBody
from service.state import RequestScope


async def readiness(scope: RequestScope) -> ReadyBody:
    """Tell the state of the service."""
    manifest = scope.generation.index.manifest
    return ReadyBody(
        index=index_body(manifest),
        built_at=manifest.created_at,
        search=manifest.search,
        newer_index=scope.application.newer_index,
        backend=scope.application.embedder.backend,
        reranker=scope.settings.reranker,
        sandbox=sandbox_body(scope.application.sandbox, edited_code=scope.settings.allow_edited_code),
        examples=await asyncio.to_thread(standings_of(scope.application, scope.generation).counts),
    )


def sandbox_body(sandbox: Sandbox, *, edited_code: bool) -> SandboxBody:
    """Tell how examples are isolated."""
    status = sandbox.status
    return SandboxBody(
        available=sandbox.available,
        tier=status.tier,
        detail=status.detail,
        interpreters=dict(status.interpreters),
        does_not_stop=list(status.what_it_does_not_stop),
        edited_code=edited_code,
    )

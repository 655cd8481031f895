"""What `/readyz` tells: the index that answers, the sandbox and what it does not stop, and how examples ended."""

from __future__ import annotations

import asyncio

from service.bodies import index_body
from service.example_results import count_by_status, kept_results
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
        examples=await example_counts(scope),
    )


async def example_counts(scope: RequestScope) -> dict[str, int]:
    """Count examples by status; counted anew only when a result or the index has changed, since probes come often."""
    application, generation = scope.application, scope.generation
    key = (generation.index.manifest.version, application.results_revision())
    if application.counted is None or application.counted[0] != key:
        examples = await asyncio.to_thread(generation.index.examples)
        application.counted = (key, count_by_status(await kept_results(application, examples)))
    return application.counted[1]


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

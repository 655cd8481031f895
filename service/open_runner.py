"""A runner of examples with all that it needs, for commands that run without a service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from service.examples import ExampleRunner
from service.ledger import Ledger
from service.sandbox import Sandbox
from service.settings import Settings


@asynccontextmanager
async def open_runner(settings: Settings, ledger_file: Path) -> AsyncIterator[tuple[ExampleRunner, Ledger]]:
    """Open sandbox and ledger, and close them after the block."""
    sandbox = await Sandbox.open(settings.run_limits, concurrency=settings.run_concurrency)
    ledger = Ledger.open(ledger_file)
    try:
        yield ExampleRunner(sandbox, ledger, settings.run_limits), ledger
    finally:
        ledger.close()
        await sandbox.close()

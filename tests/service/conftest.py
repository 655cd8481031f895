"""What the service's tests share: a few real pages with their index, and an application that answers from them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, on one loop for the whole session."""
    return "asyncio"

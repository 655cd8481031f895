"""The tools as a client of the official SDK meets them: over HTTP from a real server, and over standard streams."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
from mcp import Client, StdioServerParameters

from service.settings import PROJECT, variables
from tests.service.servers import Server


def standard_streams(server: Server) -> StdioServerParameters:
    """Tell a client how to start the tools itself."""
    arguments = ["-m", "service", "mcp", "--no-build"]
    environment = {**variables(server.settings), "ASKMD_LOG_LEVEL": "warning"}
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment, cwd=PROJECT)


@pytest.fixture(scope="session", params=["http", "stdio"])
async def tools(request: pytest.FixtureRequest, server: Server) -> AsyncIterator[Client]:
    """Connect a client in each of the ways there are."""
    where = f"{server.url}mcp" if request.param == "http" else standard_streams(server)
    async with Client(where) as client:
        yield client

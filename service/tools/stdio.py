"""The tools on standard input and output, for clients that start their servers themselves."""

from __future__ import annotations

from mcp.server.stdio import stdio_server

from service.state import Application
from service.tools.server import build_server


async def serve_on_standard_streams(application: Application) -> None:
    """Serve one client until it closes standard input."""
    server = build_server(application)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())

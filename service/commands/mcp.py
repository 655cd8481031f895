"""`askmd mcp`: the notes as tools for an agent's program that starts its servers itself, on its standard streams."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys

from index.store import open_index
from service.commands.arguments import Subparsers, add_notes_argument, add_parser, settings_of
from service.commands.exits import DONE
from service.commands.index import build, summary
from service.commands.terminal import say, write_json
from service.logs import log_to_standard_error
from service.settings import PROJECT, Settings, variables
from service.state import open_application
from service.upkeep import kept_current

EXAMPLES = """  askmd mcp                       what a client starts; speaks on standard input and output
  askmd mcp --notes ~/notes       other notes
  askmd mcp --json                the entry for a client's configuration, and nothing else"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "mcp", "Offer the notes as tools (MCP) on standard input and output.", EXAMPLES)
    add_notes_argument(parser)
    parser.add_argument("--no-build", action="store_true", help="take the index as it is; refuse when there is none")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve one client until it closes standard input. Raises CorpusError or IndexFault before that."""
    settings = settings_of(arguments)
    if arguments.json:
        write_json(client_entry(settings))
        return DONE
    log_to_standard_error(settings.log_level)
    if arguments.no_build:
        open_index(settings.data).close()
    else:
        say(summary(build(settings)))
    asyncio.run(serve(settings))
    return DONE


async def serve(settings: Settings) -> None:
    """Open everything and serve."""
    # The protocol's SDK takes half a second to load, which no other command waits for.
    stdio = importlib.import_module("service.tools.stdio")
    async with open_application(settings) as application, kept_current(application):
        await stdio.serve_on_standard_streams(application)


def client_entry(settings: Settings) -> dict[str, object]:
    """Make the entry that clients take in their configuration, with these settings where they are not the usual."""
    server = {
        "command": sys.executable,
        "args": ["-m", "service", "mcp"],
        "env": {"PYTHONPATH": str(PROJECT), **variables(settings)},
    }
    return {"mcpServers": {"notes": server}}

"""`askmd gaps`: what was asked and not answered, which examples fail, and what was reported: what to write next."""

from __future__ import annotations

import argparse
import asyncio

from rich.markdown import Markdown

from service.commands.answer_display import CODE_THEME
from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE
from service.commands.terminal import results, visible, write_json
from service.example_results import standings_of
from service.gaps import find_gaps
from service.gaps_markdown import gaps_markdown
from service.schemas import GapsBody
from service.settings import Settings
from service.state import RequestScope, open_application

EXAMPLES = """  askmd gaps                    the list, grouped by meaning
  askmd gaps --json | jq -r '.questions[].question'"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(
        subparsers, "gaps", "List what the notes lack: unanswered questions, failing examples.", EXAMPLES
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the gaps. Raises IndexFault."""
    body = asyncio.run(gaps(settings_of(arguments)))
    console = results()
    text = visible(gaps_markdown(body))
    if arguments.json:
        write_json(body.model_dump())
    elif console.is_terminal:
        console.print(Markdown(text, code_theme=CODE_THEME, hyperlinks=False))
    else:
        print(text, end="")
    return DONE


async def gaps(settings: Settings) -> GapsBody:
    """Gather the gaps as the server would, once it has looked at every example."""
    async with open_application(settings) as application, application.generations.hold() as generation:
        await asyncio.to_thread(standings_of(application, generation).look_up_all)
        return await find_gaps(RequestScope(application, generation))

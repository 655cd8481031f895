"""`askmd ask`: the answer to one question, for a terminal, as Markdown when piped, or as the JSON of `GET /ask`."""

from __future__ import annotations

import argparse
import asyncio
from typing import get_args

from service.asking import answer_question, how_to_ask, read_question
from service.commands.answer_display import show_answer
from service.commands.arguments import Subparsers, add_parser, settings_of
from service.commands.exits import DONE, FAILED
from service.commands.terminal import results, visible
from service.errors import InvalidRequest
from service.markdown_answer import markdown_answer
from service.parameters import AskParameters, Clock, Run, Scope
from service.questions import is_placeholder
from service.schemas import AnswerBody
from service.settings import Settings
from service.state import RequestScope, open_application

EXAMPLES = """  askmd ask "What does asyncio.gather return?"
  askmd ask --run live --clock real "How do I set a timeout?"
  askmd ask --json "What is a task?" | jq -r .answer.text
  askmd ask "What is a task?" --server http://127.0.0.1:8000"""


def add_to(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_parser(subparsers, "ask", "Answer a question over the notes.", EXAMPLES)
    parser.add_argument("question", help="the question, in natural language")
    parser.add_argument("--goal", default="", help="what you want to reach in the end")
    parser.add_argument("--page", default="", help="the page you are reading, as guide/tasks.md")
    parser.add_argument("--scope", choices=get_args(Scope), default="site", help="where to look")
    parser.add_argument("-k", type=excerpt_count, metavar="N", help="number of excerpts, 1 to 20")
    parser.add_argument("--run", choices=get_args(Run), default="cached", dest="run_mode", help="results of examples")
    parser.add_argument("--clock", choices=get_args(Clock), default="virtual", help="with --run live: which clock")
    parser.add_argument("--server", metavar="URL", help="ask a running service in place of the index on disk")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question; fails when the notes do not hold the answer. Raises ClientError with `--server`."""
    parameters = AskParameters(
        q=arguments.question,
        goal=arguments.goal,
        page=arguments.page,
        scope=arguments.scope,
        k=arguments.k,
        run=arguments.run_mode,
        clock=arguments.clock,
    )
    if arguments.server:
        body = answer_of_server(arguments.server, parameters)
    else:
        body = asyncio.run(answer(settings_of(arguments), parameters))
    show(body, as_json=arguments.json)
    return DONE if body.answered else FAILED


async def answer(settings: Settings, parameters: AskParameters) -> AnswerBody:
    """Answer one question as the server would. Raises IndexFault, and InvalidRequest for a question too long."""
    async with open_application(settings) as application, application.generations.hold() as generation:
        question = read_question(parameters.question or "", parameters.page, parameters, generation, settings)
        scope = RequestScope(application, generation)
        if is_placeholder(question.text):
            return how_to_ask(scope, question)
        return await answer_question(scope, question, parameters)


def answer_of_server(url: str, parameters: AskParameters) -> AnswerBody:
    """Ask a running service. Raises ClientError, and InvalidRequest as if it were asked here."""
    from service.client import Client, RequestRefused  # its HTTP library is loaded by those who need it

    asked = parameters
    try:
        with Client(url) as client:
            return client.ask(
                asked.question or "",
                goal=asked.goal,
                page=asked.page,
                scope=asked.scope,
                k=asked.k,
                run=asked.run,
                clock=asked.clock,
            )
    except RequestRefused as error:
        if error.errors:
            raise InvalidRequest(error.errors) from error
        raise


def show(body: AnswerBody, *, as_json: bool) -> None:
    """Write an answer in the form that suits its reader."""
    console = results()
    if as_json:
        print(body.model_dump_json(indent=2))
    elif console.is_terminal:
        show_answer(console, body)
    else:
        print(visible(markdown_answer(body)), end="")


def excerpt_count(text: str) -> int:
    """Read a number of excerpts."""
    if not text.isdecimal() or not 1 <= int(text) <= 20:
        raise argparse.ArgumentTypeError(f"is 1 to 20, not {text!r}")
    return int(text)

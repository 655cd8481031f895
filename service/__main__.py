"""The command line: `askmd index | ask | serve | mcp | verify | doctor | gaps | eval | bench | check-recall`.

An error that people can mend is one line that says how; anything else is ours, and comes with its traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from service.commands import ask, bench, check_recall, doctor, evaluate, gaps, index, mcp, serve, verify
from service.commands.exits import BROKEN_PIPE, EXIT_CODES, INTERRUPTED, USAGE, code_of
from service.commands.terminal import say
from service.errors import InvalidRequest
from service.software import software_version
from service.threads import compute_on_one_thread

COMMANDS = (index, ask, serve, mcp, verify, doctor, gaps, evaluate, bench, check_recall)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    described = argparse.ArgumentParser(
        prog="askmd",
        description="Ask your Markdown notes: a direct answer, its excerpts, and the notes' own examples executed.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    described.add_argument("--version", action="version", version=f"askmd {software_version()}")
    subparsers = described.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(subparsers)
    return described


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    arguments = parser().parse_args(argv)
    compute_on_one_thread()
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away; without this the interpreter complains once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        known = USAGE if isinstance(error, InvalidRequest) else code_of(error)
        if known is None or arguments.traceback:
            raise
        say(f"askmd: {error}")
        return known
    return code


if __name__ == "__main__":
    sys.exit(main())

"""Arguments that several subcommands share, and the settings that they make."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Protocol

from service.commands.exits import EXIT_CODES
from service.settings import Settings, load_settings


class Subparsers(Protocol):
    """What argparse's `add_subparsers` returns."""

    def add_parser(self, name: str, **options: object) -> argparse.ArgumentParser:
        """Add the parser of a subcommand."""
        ...


def add_parser(subparsers: Subparsers, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """Add a subcommand with its examples, and with the arguments that all of them have."""
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="write the result as JSON")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the index and the results (ASKMD_DATA)")
    parser.add_argument("--model", metavar="NAME", help="embedding model: a name or a folder (ASKMD_MODEL)")
    parser.add_argument("--traceback", action="store_true", help="show where in the program an error arose")
    return parser


def add_notes_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names the notes."""
    parser.add_argument("--notes", type=Path, metavar="DIR", help="folder of Markdown notes (ASKMD_NOTES)")


def add_warnings_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that asks for every warning about the notes."""
    parser.add_argument("--warnings", action="store_true", help="show every warning about the notes, not a few of each")


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Read the settings; arguments that name one win over its variable. Raises SettingNotUsable."""
    named = {name: value for name, value in vars(arguments).items() if name in Settings.model_fields}
    return load_settings(**named)

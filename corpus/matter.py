"""Read the front matter of a page, YAML or TOML: its plain fields only, so that no alias, tag or merge can do harm."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

import yaml

from corpus.markdown import ParsedPage

LONGEST_CHARACTERS = 20_000
"""Longer front matter is left unread: it is data, not a title and a description."""
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class MatterFault:
    """Why front matter could not be read, and in which line of the page (from 1)."""

    line: int
    reason: str


def front_matter(parsed: ParsedPage) -> dict[str, str]:
    """Return the scalar fields of a page's front matter as they are written; malformed front matter has none."""
    fields = _read(parsed)
    return fields if isinstance(fields, dict) else {}


def matter_fault(parsed: ParsedPage) -> MatterFault | None:
    """Return what is wrong with the front matter, or None."""
    fields = _read(parsed)
    return fields if isinstance(fields, MatterFault) else None


def _read(parsed: ParsedPage) -> dict[str, str] | MatterFault:
    token = next((token for token in parsed.tokens[:1] if token.type == "front_matter"), None)
    if token is None:
        return {}
    if len(token.content) > LONGEST_CHARACTERS:
        return MatterFault(1, f"it is longer than {LONGEST_CHARACTERS:,} characters")
    if token.markup == "+++":
        return _read_toml(token.content)
    try:
        # Composing stops before values are made, so an alias stays one shared node however often it is used.
        root = yaml.compose(token.content, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return MatterFault(line, error.problem or "it is not YAML")
    except (yaml.YAMLError, ValueError, RecursionError):
        return MatterFault(1, "it is not YAML")
    if not isinstance(root, yaml.MappingNode):
        return {} if root is None else MatterFault(1, "it holds no fields")
    return {
        key.value: " ".join(value.value.split())
        for key, value in root.value
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode) and value.tag != _NULL
    }


def _read_toml(text: str) -> dict[str, str] | MatterFault:
    try:
        fields = tomllib.loads(text)
        plain = {key: str(value) for key, value in fields.items() if isinstance(value, str | int | float)}
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        place = re.search(r"line (\d+)", str(error))
        return MatterFault(int(place[1]) + 1 if place else 1, "it is not TOML")
    return {key: " ".join(value.split()) for key, value in plain.items()}

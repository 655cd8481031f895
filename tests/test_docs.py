"""The documents name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.events import FIELDS
from service.tools.catalogue import TOOLS

DOCS = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))


def text_of(name: str) -> str:
    return next(path for path in DOCS if path.name == name).read_text(encoding="utf-8")


def test_every_tool_is_documented_with_its_arguments() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text_of("mcp.md"), re.MULTILINE))
    assert list(rows) == [tool.name for tool in TOOLS]
    for tool in TOOLS:
        assert re.findall(r"`(\w+)`", rows[tool.name]) == list(tool.arguments.model_fields)


def test_every_event_is_documented() -> None:
    assert ", ".join(f"`{name}`" for name in FIELDS) in text_of("agents.md")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_to_a_file(path: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", prose):
        assert (path.parent / link).exists(), link

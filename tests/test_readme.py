"""The README names every setting, endpoint and exit code, as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.app import create_app
from service.commands.exits import EXIT_CODES
from service.settings import load_settings, settings_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_settings_table_is_the_one_that_the_program_prints() -> None:
    written = README.partition("<!-- settings: written by `python -m service.settings` -->\n")[2]
    assert written.partition("\n<!-- /settings -->")[0] == settings_table().strip()


def test_every_endpoint_is_named() -> None:
    app = create_app(load_settings({}))
    paths = app.openapi()["paths"]
    assert paths
    written = [path.replace("{address}", "<page>").replace("{example_id}", "{id}") for path in paths]
    missing = [path for path in written if path not in README]
    assert not missing


def test_every_exit_code_is_named() -> None:
    for code in re.findall(r"^\s+(\d+)\s", EXIT_CODES, re.MULTILINE):
        assert re.search(rf"\b{code} [a-z]", README), code


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", README))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()

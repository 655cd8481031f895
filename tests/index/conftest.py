"""Notes on disk to build an index from, with an embedder that needs no model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.words import WordEmbedder

PAGES = {
    "README.md": "# Tea house\n\nWelcome. Read about [brewing](guide/brewing.md) or [storage](guide/storage.md).\n",
    "guide/brewing.md": (
        "# Brewing\n\nGreen tea wants water of 75 degrees. It turns bitter otherwise.\n\n"
        "## Times\n\n| tea | minutes |\n|---|---|\n| green | 2 |\n| black | 4 |\n\n"
        "```python\nbrew_tea(kind='green', minutes=2)\n```\n"
    ),
    "guide/storage.md": "# Storage\n\nKeep leaves dry and dark. See [brewing](brewing.md).\n",
    "reference/kettle.md": "# Kettle\n\nThe `kettle.boil()` call raises `KettleError` when empty.\n",
}


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of four pages."""
    folder = tmp_path / "notes"
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"

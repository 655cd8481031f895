"""Addresses of pages, and the nearest pages to one that is not there."""

from __future__ import annotations

import pytest

from corpus.document import Page
from service.page_paths import PagePaths, address_of


@pytest.fixture
def paths() -> PagePaths:
    names = {
        "README.md": "Welcome",
        "guide/README.md": "Guide",
        "guide/tasks.md": "Tasks",
        "guide/timeouts.markdown": "Time-outs",
        "Über uns.md": "About",
        "release-1.2.md": "Release 1.2",
    }
    return PagePaths([Page(path, title, "") for path, title in names.items()])


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("guide/tasks", "guide/tasks.md"),
        ("guide/tasks.md", "guide/tasks.md"),
        ("/guide/tasks/", "guide/tasks.md"),
        ("Guide/Tasks", "guide/tasks.md"),
        ("guide/timeouts.md", "guide/timeouts.markdown"),
        ("guide/timeouts.markdown", "guide/timeouts.markdown"),
        ("", "README.md"),
        ("index", "README.md"),
        ("index.md", "README.md"),
        ("readme", "README.md"),
        ("guide", "guide/README.md"),
        ("guide.md", "guide/README.md"),
        ("guide/index.md", "guide/README.md"),
        ("Über uns", "Über uns.md"),
        ("release-1.2", "release-1.2.md"),
    ],
)
def test_resolve_every_spelling_finds_the_page(paths: PagePaths, address: str, path: str) -> None:
    assert paths.resolve(address) == path


@pytest.mark.parametrize(
    "address", ["../README.md", "guide/../guide/tasks", "guide\\tasks.md", "tasks", "a\x00", "guide//tasks"]
)
def test_resolve_anything_else_finds_nothing(paths: PagePaths, address: str) -> None:
    assert paths.resolve(address) is None


def test_resolve_page_wins_over_a_folder_of_its_name() -> None:
    paths = PagePaths([Page("guide/README.md", "Folder", ""), Page("guide.md", "Page", "")])
    assert paths.resolve("guide") == "guide.md"
    assert paths.resolve("guide/readme") == "guide/README.md"


def test_nearest_slip_finds_the_page_meant(paths: PagePaths) -> None:
    assert paths.nearest("guide/task")[0].path == "guide/tasks.md"
    assert paths.nearest("docs/time-outs")[0].path == "guide/timeouts.markdown"


def test_nearest_nothing_alike_is_empty(paths: PagePaths) -> None:
    assert paths.nearest("zzzzzzzzzzzzzzzzzzzzzzzz") == ()


def test_address_of_drops_the_suffix() -> None:
    assert address_of("guide/tasks.markdown") == "/guide/tasks"

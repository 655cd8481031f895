"""llms.txt at any size: files that agents read whole, each page in one of them, and a way to each file."""

from __future__ import annotations

import re

import pytest

from corpus.document import Page
from service.listings import LONGEST_FILE, Contents, Entry, group_of, llms_files, site_map

SITE = "http://notes"


def contents(count: int, groups: int = 7) -> Contents:
    entries = (
        Entry(
            f"Page [{row}]",
            f"g{row * groups // count}/p{row}.md",
            "What it is about. " * 6,
            f"Group {row * groups // count}",
        )
        for row in range(count)
    )
    return Contents("Notes", "All about it", tuple(entries))


def links(text: str) -> list[str]:
    return re.findall(r"^- \[.+\]\((\S+)\)", text, re.MULTILINE)


def test_few_pages_are_one_file() -> None:
    (text,) = llms_files(contents(20), SITE)
    assert text.startswith("# Notes\n\n> All about it\n\n## Group 0\n\n- [Page \\[0\\]](http://notes/g0/p0.md): What")
    assert len(links(text)) == 20


@pytest.mark.parametrize("count", [400, 1_363, 12_896])
def test_many_pages_are_files_that_are_read_whole_with_each_page_once(count: int) -> None:
    every = contents(count)
    first, *parts = llms_files(every, SITE)
    assert links(first) == [f"{SITE}/llms/{number}.txt" for number in range(1, len(parts) + 1)]
    assert max(map(len, (first, *parts))) <= LONGEST_FILE
    assert [link for part in parts for link in links(part)] == [f"{SITE}/{entry.path}" for entry in every.entries]
    counts = [int(number) for number in re.findall(r"\): (\d+) pages, from Page", first)]
    assert sum(counts) == count
    assert "[Group 0" in first
    assert links(site_map(every, SITE)) == [f"{SITE}/{entry.path}" for entry in every.entries]


@pytest.mark.parametrize(
    ("path", "groups", "group"),
    [
        ("a/b/c/d.md", (), "a › b"),
        ("a/d.md", (), "a"),
        ("d.md", (), "Pages"),
        ("a/d.md", ("Guide", "Basics"), "Guide › Basics"),
    ],
)
def test_page_belongs_to_its_group_or_its_folders(path: str, groups: tuple[str, ...], group: str) -> None:
    assert group_of(Page(path, "", "", groups=groups)) == group

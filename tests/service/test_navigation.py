"""The list of pages beside a page stays in proportion."""

from __future__ import annotations

import pytest

from corpus.document import Page
from service.navigation import ALL_PAGES, MOST_PAGES, MOST_PARTS, NEAR, navigation


def pages(count: int, parts: int = 5) -> list[Page]:
    return [
        Page(
            f"part-{row * parts // count}/{row}.md", f"Page {row}", "", groups=(f"Part {row * parts // count}", "Inner")
        )
        for row in range(count)
    ]


def test_few_pages_are_all_listed_in_order() -> None:
    listed = navigation(pages(MOST_PAGES), "part-0/3.md")
    assert [title for title, _, _ in listed] == [f"Page {row}" for row in range(MOST_PAGES)]
    assert listed[3] == ("Page 3", "/part-0/3", "Inner")


@pytest.mark.parametrize("here", [0, 500, 999])
def test_many_pages_are_listed_around_the_page_with_a_way_to_each_part(here: int) -> None:
    many = pages(1_000)
    listed = navigation(many, many[here].path)
    titles = [title for title, _, _ in listed]
    around = range(max(0, here - NEAR), min(1_000, here + NEAR + 1))
    assert {f"Page {row}" for row in around} <= set(titles)
    assert {"Page 0", "Page 200", "Page 400", "Page 600", "Page 800"} <= set(titles)
    assert listed[-1] == ALL_PAGES
    assert len(listed) <= 2 * NEAR + 1 + MOST_PARTS + 1


def test_many_parts_do_not_make_the_list_long() -> None:
    assert len(navigation(pages(3_000, parts=1_500), "part-0/0.md")) <= 2 * NEAR + 1 + MOST_PARTS + 1

"""Sections: anchors as GitHub makes them, breadcrumbs, and what opens a section and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Page, Section
from corpus.markdown import parse_page
from corpus.sections import github_slug, section_at, split_sections


def sections(text: str, title: str = "Guide") -> tuple[Section, ...]:
    return split_sections(parse_page(Page("guide.md", title, text)))


def anchors(text: str) -> list[str]:
    return [section.anchor for section in sections(text)]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Install", "install"),
        ("What is `asyncio.gather()`?", "what-is-asynciogather"),
        ("Locks & queues", "locks--queues"),
        ("C++ / C#, compared", "c--c-compared"),
        ("snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("  padded  ", "padded"),
        ("🚀 Start", "-start"),
        ("☕️ Coffee", "️-coffee"),  # the variation selector stays, as on GitHub
        ("Über Äpfel", "über-äpfel"),
        ("日本語の見出し", "日本語の見出し"),
        ("हिन्दी शीर्षक", "हिन्दी-शीर्षक"),
        ("**Bold** and [a link](x.md)", "bold-and-a-link"),
        ("1. First step", "1-first-step"),
        ("&lt;tag&gt;", "tag"),
    ],
)
def test_anchor_of_a_heading_is_what_github_makes(heading: str, anchor: str) -> None:
    assert anchors(f"# {heading}") == [anchor]


def test_anchors_of_repeated_headings_are_numbered_without_collision() -> None:
    assert anchors("# A\n\n# A\n\n# A-1\n\n# A\n") == ["a", "a-1", "a-1-1", "a-2"]


@given(st.lists(st.text(alphabet="ab-1 ", max_size=6), max_size=12))
def test_anchors_of_any_headings_are_unique(headings: list[str]) -> None:
    seen: dict[str, int] = {}
    slugs = [github_slug(heading, seen) for heading in headings]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize(
    "heading",
    [
        'Set up <a href="#set-up" id="go"></a>',
        'Set up <a name="go"></a>',
        "Set up {#go}",
        "Set up { #go }",
        "Set up {: #go .big }",
    ],
)
def test_explicit_anchor_wins_and_is_no_part_of_the_words(heading: str) -> None:
    (section,) = sections(f"## {heading}")
    assert (section.anchor, section.headings) == ("go", ("Guide", "Set up"))


def test_explicit_anchors_are_kept_and_repeats_are_numbered() -> None:
    assert anchors("# A\n\n# B {#a}\n\n# C {#a}\n\n# A\n") == ["a-1", "a", "a-2", "a-3"]


def test_breadcrumb_follows_the_levels() -> None:
    text = "# Guide\n\n## Locks\n\n### Fair\n\n## Queues\n\n#### Deep\n"
    assert [section.headings for section in sections(text)] == [
        ("Guide",),
        ("Guide", "Locks"),
        ("Guide", "Locks", "Fair"),
        ("Guide", "Queues"),
        ("Guide", "Queues", "Deep"),
    ]


def test_first_heading_that_differs_from_the_title_stands_below_it() -> None:
    assert sections("# Tasks")[0].headings == ("Guide", "Tasks")


def test_text_before_the_first_heading_belongs_to_the_page() -> None:
    first, second = sections("Intro.\n\n# Guide\n\nText.\n")
    assert (first.headings, first.anchor, first.start_line, first.end_line) == (("Guide",), "", 1, 2)
    assert (second.start_line, second.end_line) == (3, 5)


def test_page_without_a_heading_is_one_section_under_its_title() -> None:
    (section,) = sections("Only text.\n\nMore.\n")
    assert (section.headings, section.anchor, section.level, section.end_line) == (("Guide",), "", 0, 3)


def test_empty_page_has_no_section() -> None:
    assert sections("") == ()


@pytest.mark.parametrize("text", ["Tasks\n=====\n", "Tasks\n-----\n", "Two\nlines\n=====\n"])
def test_setext_heading_opens_a_section(text: str) -> None:
    (section,) = sections(text)
    assert section.headings[1:] == (("Two lines",) if text.startswith("Two") else ("Tasks",))


@pytest.mark.parametrize(
    "text",
    [
        "> # Quoted\n",
        "- # In a list\n",
        "1. text\n\n   ## In an item\n",
        "```markdown\n# In a fence\n```\n",
        "    # Indented\n",
        "<!--\n# In a comment\n-->\n",
        "#hashtag\n",
        "\\# escaped\n",
    ],
)
def test_heading_that_is_not_at_the_top_level_opens_no_section(text: str) -> None:
    assert [section.level for section in sections(text)] == [0]


def test_headings_in_tabs_and_hints_open_sections() -> None:
    text = '{% tab title="A" %}\n## One\n{% endtab %}\n\n=== "B"\n\n    ## Two\n\n    Text.\n'
    assert [section.headings[-1] for section in sections(text)][1:] == ["One", "Two"]


def test_section_at_gives_the_section_that_holds_a_line() -> None:
    found = sections("Intro.\n\n# A\n\ntext\n\n# B\n")
    assert [section_at(found, line) for line in (1, 3, 5, 7, 99)] == [
        *found[:1],
        found[1],
        found[1],
        found[2],
        found[2],
    ]
    assert section_at((), 1) is None

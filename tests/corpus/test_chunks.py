"""Chunks: verbatim lines of one section, whole code fences, balanced for any text, and nothing of the page lost."""

from __future__ import annotations

import pytest

from corpus.chunks import LONGEST_CHUNK_CHARACTERS, LONGEST_LINE_CHARACTERS, WISHED_CHARACTERS
from corpus.document import Chunk, Document, Page
from corpus.reading import read_document


def read(text: str, path: str = "page.md") -> Document:
    return read_document(Page(path, "Page", text))


def chunks(text: str) -> tuple[Chunk, ...]:
    return read(text).chunks


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("odd", ["\u2028", "\x0c", "\x0b", "\x85", "\x1c"])
def test_lines_are_counted_as_editors_count_them(end: str, odd: str) -> None:
    text = end.join(["\ufeff# Page", "", f"one{odd}two", "", "```py", f"a{odd}b", "```", "", "## Next", "", "last"])
    first, second = chunks(text)
    assert (first.start_line, first.end_line, first.text) == (1, 7, end.join(text.split(end)[:7]))
    assert (second.start_line, second.end_line, second.text) == (9, 11, end.join(text.split(end)[8:]))


@pytest.mark.parametrize(
    "fence",
    [
        "```py\n{code}\n```",
        "~~~~ text\n{code}\n~~~~",
        "`````md\n```\n{code}\n```\n`````",
        "- item\n\n  ```py\n  {code}\n  ```",
        "> ```py\n> {code}\n> ```",
        '{% tab title="x" %}\n```py\n{code}\n```\n{% endtab %}',
        '=== "x"\n\n    ```py\n    {code}\n    ```',
        "!!! note\n\n    1. item\n\n        ```py\n        {code}\n        ```",
        '<pre class="language-python"><code>\n{code}\n</code></pre>',
    ],
)
def test_code_longer_than_a_chunk_is_never_split(fence: str) -> None:
    pad = fence.split("{code}")[0].split("\n")[-1].replace("<code>", "")
    code = f"\n{pad}".join(f"call({number})\n{pad}" for number in range(150))
    found = chunks("Before.\n\n" + fence.replace("{code}", code) + "\n\nAfter.\n")
    holding = [chunk for chunk in found if "call(" in chunk.text]
    assert len(holding) == 1
    assert all(f"call({number})" in holding[0].text for number in range(150))


def test_front_matter_is_in_no_chunk() -> None:
    (chunk,) = chunks("---\ntitle: Secret\n---\n\nText.\n")
    assert (chunk.start_line, chunk.text) == (5, "Text.")


def test_rule_at_the_top_that_is_never_closed_is_no_front_matter() -> None:
    assert "title: x" in chunks("---\ntitle: x\n\nText.\n")[0].text


def test_heading_without_text_gives_no_chunk_and_stands_in_the_breadcrumb() -> None:
    (chunk,) = chunks("# Page\n\n## Empty\n\n### Full\n\nText.\n")
    assert (chunk.headings, chunk.text) == (("Page", "Empty", "Full"), "### Full\n\nText.")


def test_section_with_only_a_reference_is_found_by_it() -> None:
    (chunk,) = chunks('## Watch\n\n{% embed url="https://example.com/film" %}\n')
    assert chunk.plain == "https://example.com/film"


def test_tag_that_opens_a_long_block_stays_with_it() -> None:
    text = '{% code title="a.py" %}\n```py\n' + "call()\n" * 300 + "```\n{% endcode %}\n"
    assert chunks(text)[0].plain.startswith("a.py\ncall()")


def test_long_table_is_split_at_rows() -> None:
    rows = [f"| name {number} | {'word ' * 20}|" for number in range(40)]
    found = chunks("| a | b |\n|---|---|\n" + "\n".join(rows) + "\n")
    assert len(found) > 3
    assert [row for chunk in found for row in chunk.text.split("\n")][2:] == rows


def test_long_list_is_split_at_items() -> None:
    items = [f"- item {number}\n  {'word ' * 30}\n\n  ```\n  code\n  ```" for number in range(20)]
    found = chunks("\n".join(items))
    assert len(found) > 3
    assert all(chunk.text.startswith("- item") and chunk.text.endswith("```") for chunk in found)


def test_very_long_item_is_split_at_its_blocks() -> None:
    item = "- start\n\n" + "\n\n".join(f"  {'word ' * 60}\n\n  ```\n  code\n  ```" for _ in range(40))
    found = chunks(item)
    assert max(len(chunk.text) for chunk in found) < 2 * WISHED_CHARACTERS
    assert all(chunk.text.count("```") % 2 == 0 for chunk in found)


def test_very_long_line_is_cut_between_words() -> None:
    line = "some words of it " * 1000
    found = chunks(line)
    assert "".join(chunk.text for chunk in found) == line
    assert {chunk.start_line for chunk in found} == {chunk.end_line for chunk in found} == {1}
    assert all(len(chunk.text) <= LONGEST_LINE_CHARACTERS and chunk.text.endswith(" ") for chunk in found)


def test_picture_written_as_text_gives_one_short_chunk() -> None:
    (chunk,) = chunks(f"![a kettle](data:image/png;base64,{'QUJD' * 30_000})\n")
    assert len(chunk.text) <= LONGEST_LINE_CHARACTERS


def test_ids_depend_on_path_place_and_text_only() -> None:
    before = chunks("# A\n\nOne.\n\n## B\n\nTwo.\n")
    after = chunks("# A\n\nNew text.\n\nOne.\n\n## B\n\nTwo.\n")
    assert before[1].id == after[1].id
    assert before[0].id != after[0].id
    assert read("# A\n\nOne.\n", "other.md").chunks[0].id != before[0].id


def test_equal_chunks_of_a_page_have_ids_of_their_own() -> None:
    first, second = chunks("# A\n\nSame.\n\n# A\n\nSame.\n")
    assert first.id != second.id


def test_footnotes_of_one_name_are_all_kept() -> None:
    (chunk,) = chunks("Text[^1].\n\n[^1]: One.\n\n[^1]: Two.\n")
    assert chunk.plain == "Text.\nOne.\nTwo."


def test_text_below_a_comment_that_is_never_closed_is_read_with_a_warning() -> None:
    document = read("Before.\n\n<!-- a remark\n\nWhat **follows** it.\n")
    assert [chunk.text for chunk in document.chunks][-1].endswith("What **follows** it.")
    assert [str(warning) for warning in document.warnings] == [
        "page.md:3: HTML comment is never closed; the rest of the page was read as its text"
    ]


def test_empty_page_has_no_chunk() -> None:
    assert chunks("") == chunks(" \n\n") == chunks("# Only a title\n") == ()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "word " * 100_000,
        "- item\n" * 10_000,
        "# Head\n" * 10_000,
        "".join("  " * (number % 300) + "- deep\n" for number in range(2000)),
        ">" * 100_000 + " deep",
        "".join("    " * number + "!!! note\n" for number in range(200)),
        "<div>" + "<!--" * 2000,
        "```\n" + "code\n```b\n" * 5000,
        "---\n\n# A\n\n```\nGET x.md?ask=<q>\n```\n\n" * 1000,
        "> see [index](x/llms.txt)\n\n# H\n\n" * 2000,
        "- " + "  text\n\n" * 10_000,
        "!!! note\n" * 10_000,
        "[^1]: text\n\n" * 3000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_huge_or_deep_page_is_read_in_bounded_time_and_pieces(text: str) -> None:
    assert all(len(chunk.text) <= LONGEST_CHUNK_CHARACTERS for chunk in chunks(text))

"""Chunks: verbatim lines of one section, whole code fences, balanced for any text, and nothing of the page lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chunks import LONGEST_CHUNK_CHARACTERS, LONGEST_LINE_CHARACTERS, WISHED_CHARACTERS
from corpus.document import Chunk, Document, Page
from corpus.markdown import parse_page, split_lines
from corpus.reading import read_document

LINES = [
    *("", "```", "```py", "~~~", "````", "# H", "## H", "para. More text.", "- item", "  - nested", "    four", "\tt"),
    *("> quote", "> ```", ">> - a", "| a | b |", "|---|---|", "1. one", "   three", '{% hint style="info" %}'),
    *("{% endhint %}", '=== "Tab"', "!!! note", '??? tip "x"', "<div>", "</div>", "<pre>", "</pre>", "<!--", "-->"),
    *("---", "***", "===", "[^1]: foot", "see [^1]", "[a]: http://x", "\\", "\u2028", "\x0c", "<a name='x'>"),
    *("- ```", "  ```", "    ```", "     ~~~", "word " * 250, "x" * 5000, ":::note", ":::", "/// tip | T", "///"),
    *("import x from 'y'", "> - ```", "1) ```", "{{< x >}}", "`a", "b` c.", "<script>", "x <b\n>y", "# Agent"),
    *("GET https://x/a.md?ask=<q>", "> see [l](https://x/llms.txt)", '--8<-- "a"', "{* f *}", "<Card", "a={x}>"),
]
"""What odd pages are made of."""

lines = st.sampled_from(LINES) | st.text('`~ \t>-#|.:!"=[]^{}%<ab1\\*_', max_size=12)
line_ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])
pages = st.lists(st.tuples(lines, line_ends).map("".join), max_size=14).map("".join)


def read(text: str, path: str = "page.md") -> Document:
    return read_document(Page(path, "Page", text))


def chunks(text: str) -> tuple[Chunk, ...]:
    return read(text).chunks


def opens_a_fence(text: str) -> bool:
    """Tell whether a renderer would take what follows a text for code."""
    tokens = parse_page(Page("", "", f"{text}\n\nwhat follows\n")).tokens
    return any(token.type == "fence" and "what follows" in token.content for token in tokens)


def closed_fences(text: str, path: str = "page.md") -> list[range]:
    """Return the lines of every fence that has its closing line."""
    fences = [token for token in parse_page(Page(path, "", text)).tokens if token.type == "fence" and token.map]
    places = [(token.map or [0, 0], len(token.content.splitlines())) for token in fences]
    return [range(start + 1, end + 1) for (start, end), content in places if end - start == content + 2]


@settings(max_examples=150, deadline=None)
@given(pages, st.sampled_from(["page.md", "page.mdx"]))
def test_chunks_of_any_page_keep_their_promises(text: str, path: str) -> None:
    document = read(text, path)
    in_file = split_lines(text)
    assert len({chunk.id for chunk in document.chunks}) == len(document.chunks)
    for chunk in document.chunks:
        assert chunk.text in "".join(in_file[chunk.start_line - 1 : chunk.end_line])
        assert not opens_a_fence(chunk.text)
        overlapping = [
            s for s in document.sections if s.start_line <= chunk.end_line and s.end_line >= chunk.start_line
        ]
        assert [(s.anchor, s.headings) for s in overlapping] == [(chunk.anchor, chunk.headings)]
    for fence in closed_fences(text, path):
        for chunk in document.chunks:
            inside = [line for line in fence if chunk.start_line <= line <= chunk.end_line]
            assert len(inside) in (0, len(fence))


@settings(max_examples=150, deadline=None)
@given(pages)
def test_passages_of_any_page_lie_in_their_chunks(text: str) -> None:
    document = read(text)
    for passage in document.passages:
        chunk = document.chunks[passage.chunk]
        assert chunk.start_line <= passage.start_line <= chunk.end_line
        assert passage.start_line <= passage.end_line <= len(split_lines(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Words here.\n", "\n", "- item\n", "## Head\n", "```\ncode\n```\n", "> quote\n"])))
def test_every_line_with_words_is_in_a_chunk(parts: list[str]) -> None:
    text = "\n".join(parts)
    covered = {line for chunk in chunks(text) for line in range(chunk.start_line, chunk.end_line + 1)}
    lost = [line for number, line in enumerate(split_lines(text), start=1) if line.strip() and number not in covered]
    assert [line for line in lost if not line.startswith("##")] == []


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

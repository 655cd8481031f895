"""Examples are read from case files: each `.md` has a `.json` beside it that says what is found in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Example, Page
from corpus.examples import extract_examples, runnable_code
from corpus.markdown import parse_page
from corpus.sections import split_sections

CASES = sorted((Path(__file__).parent / "cases" / "examples").glob("*.md"))


def read_examples(text: str, path: str = "page.md") -> tuple[Example, ...]:
    parsed = parse_page(Page(path, "Page", text))
    return extract_examples(parsed, split_sections(parsed))


def described(example: Example) -> dict[str, Any]:
    found: dict[str, Any] = {
        "lines": f"{example.start_line}-{example.end_line}",
        "language": example.language,
        "code": example.code,
    }
    if example.title:
        found["title"] = example.title
    if example.annotations:
        found["annotations"] = example.annotations
    if example.expected:
        expected = example.expected
        found["expected"] = f"{expected.style} {expected.start_line}-{expected.end_line}: {expected.text}"
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_examples_of_case_file_are_as_described(case: Path) -> None:
    expected = json.loads(case.with_suffix(".json").read_text())
    assert [described(example) for example in read_examples(case.read_text())] == expected


def test_example_knows_its_section() -> None:
    (example,) = read_examples("# Page\n\n## Some words\n\n```python\n1\n```\n")
    assert example.headings == ("Page", "Some words")
    assert example.anchor == "some-words"
    assert str(example) == "page.md:6-6"


def test_id_of_repeated_block_differs_and_is_stable() -> None:
    text = "```python\n1\n```\n\n```python\n1\n```\n"
    first, second = read_examples(text)
    assert first.id != second.id
    assert [first.id, second.id] == [example.id for example in read_examples("Moved down.\n\n" + text)]


def test_windows_line_ends_do_not_change_lines_or_code() -> None:
    (example,) = read_examples("a\r\n\r\n```python\r\nprint(1)\r\n```\r\n")
    assert (example.start_line, example.end_line, example.code) == (4, 4, "print(1)\n")


def test_fence_never_closed_ends_with_the_page() -> None:
    (example,) = read_examples("```python\nprint(1)\nprint(2)")
    assert (example.start_line, example.end_line) == (2, 3)


def test_empty_fence_is_no_example() -> None:
    assert read_examples("```python\n```\n\n```python\n  \n\n```\n") == ()


def test_instructions_for_agents_hold_no_example() -> None:
    footer = "# For agents\n\nAsk with HTTP:\n\n```\nGET https://example.org/page.md?ask=<question>\n```\n"
    examples = read_examples("# Page\n\n```python\n1\n```\n\n---\n\n" + footer)
    assert [example.language for example in examples] == ["python"]


def test_runnable_code_leaves_foreign_comment_out_and_keeps_own() -> None:
    foreign, own = read_examples("```python\nx = 1\n/* 1 */\n```\n\n```js\nlet x = 1;\n/** 1 **/\n```\n")
    assert runnable_code(foreign) == "x = 1\n"
    assert runnable_code(own) == own.code


def test_runnable_code_without_comment_is_the_code() -> None:
    (example,) = read_examples("```python\nprint('*/')  # */\n```\n")
    assert runnable_code(example) == example.code


PIECES = st.sampled_from(
    [
        *(
            "```python\n",
            "```\n",
            "~~~js\n",
            "````",
            "\n",
            "    ",
            "\t",
            "> ",
            "- item\n\n",
            "# Heading\n",
            "Output:\n\n",
        ),
        *("print(1)  # -> 1\n", "/**\n", "**/\n", ">>> 1\n", "1\n", "'''", '"', "\\", "é\u2028", "\x00"),
        *("<pre><code>\n", "</code></pre>\n", "<!-- skip -->\n", "<![x\n", "<p>"),
        *('{% tab title="x" %}\n', "{% endtab %}\n", '=== "tab"\n\n'),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_is_read_without_error(text: str) -> None:
    lines = parse_page(Page("page.md", "Page", text)).lines
    for example in read_examples(text):
        assert 1 <= example.start_line <= example.end_line <= max(1, len(lines))
        runnable_code(example)


CODE_LINE = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=40).filter(
    lambda line: not line.lstrip().startswith("```")
)


@settings(max_examples=100, deadline=None)
@given(st.lists(CODE_LINE, min_size=1, max_size=8).filter(lambda lines: any(line.strip() for line in lines)))
def test_code_of_plain_fence_equals_the_lines_of_the_file(lines: list[str]) -> None:
    text = "Some words.\n\n```python\n" + "".join(line + "\n" for line in lines) + "```\n\nMore words.\n"
    (example,) = read_examples(text)
    assert example.code == "".join(line + "\n" for line in text.split("\n")[example.start_line - 1 : example.end_line])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(CODE_LINE, min_size=1, max_size=6).filter(lambda lines: any(line.strip() for line in lines)),
    st.sampled_from(["", "> ", "> > ", "  ", "- ", "1. ", "- > "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_code_in_a_container_equals_the_lines_of_the_file_without_its_marks(
    lines: list[str], mark: str, end: str
) -> None:
    further = mark if mark.strip(" ") in ("", ">", "> >") else " " * mark.index(" ") + " " + mark[mark.index(" ") + 1 :]
    body = ["```python", *(line if line.strip() else "" for line in lines), "```"]
    rows = ["Some words.", "", mark + body[0], *(further + line for line in body[1:]), "", "More words."]
    (example,) = read_examples(end.join(rows))
    inside = rows[example.start_line - 1 : example.end_line]
    assert example.code.split("\n")[:-1] == [row[len(further) :] for row in inside]

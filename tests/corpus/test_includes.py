"""Text of other files: found inside the notes' folder and nowhere else, searched, shown with its true origin."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from corpus.document import Document, Example
from corpus.includes import include_of
from corpus.reading import read_document
from corpus.sources import read_corpus, scan_notes
from service.agent_markdown import agent_text
from service.page_body import page_body
from service.page_paths import PagePaths

CODE = 'import os\n\n# --8<-- [start:greet]\nprint("zephyr")\n# --8<-- [end:greet]\nprint(2)\n'


def read(folder: Path, line: str, place: str = "docs/guide/first.md") -> Document:
    page = folder / place
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"# First\n\nText before.\n\n{line}\n")
    return next(read_document(page) for page in read_corpus(folder).pages if page.path == place)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.py").write_text(CODE)
    return folder


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("{* ../../src/app.py hl[1:2] *}", "src/app.py:1-6"),
        ("{* ../src/app.py ln[4:6] *}", "src/app.py:4-6"),
        ('--8<-- "src/app.py"', "src/app.py:1-6"),
        ('--8<-- "src/app.py:2:4"', "src/app.py:2-4"),
        ('--8<-- "src/app.py:greet"', "src/app.py:4-4"),
        ('```python\n--8<-- "src/app.py"\n```', "src/app.py:1-6"),
        ("```python\n{{#include ../../src/app.py:greet}}\n```", "src/app.py:4-4"),
        ('{{% code_sample file="src/app.py" %}}', "src/app.py:1-6"),
        ("```{literalinclude} ../../src/app.py\n```", "src/app.py:1-6"),
        ('{% include "../../src/app.py" %}', "src/app.py:1-6"),
        ('```Python hl_lines="1"\n{!> ../../src/app.py!}\n```', "src/app.py:1-6"),
        ("{!src/app.py!}", "src/app.py:1-6"),
        ("{! src/app.py[ln:4-6] !}", "src/app.py:4-6"),
    ],
)
def test_included_code_is_an_example_and_is_found_by_search(notes: Path, line: str, origin: str) -> None:
    document = read(notes, line)
    (example,) = document.examples
    start, end = map(int, origin.partition(":")[2].split("-"))
    assert (example.origin, example.language) == (origin, "python")
    assert example.code == "".join(CODE.splitlines(keepends=True)[start - 1 : end])
    assert [chunk for chunk in document.chunks if "zephyr" in chunk.plain and chunk.start_line <= example.start_line]
    assert document.warnings == ()


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "../../../outside.py"',
        "{* ../../../outside.py *}",
        '--8<-- "src/link.py"',
        '--8<-- "src/linked/outside.py"',
        '--8<-- ".git/config"',
        '--8<-- "src/.env"',
        '--8<-- "src"',
        '--8<-- "src/missing.py"',
        '--8<-- "src/app.py:nowhere"',
        '--8<-- "src/app.py:90:95"',
        pytest.param(f'--8<-- "src/app.py:{"9" * 5000}:2"', id="a line number of 5,000 digits"),
        pytest.param('--8<-- "src/app.py:3:1"', id="the last line before the first"),
        '--8<-- "src/hidden.py"',
        '--8<-- "src/pipe"',
        '--8<-- "src/binary.py"',
    ],
)
def test_include_of_what_is_not_inside_the_notes_is_a_warning(notes: Path, line: str) -> None:
    outside = notes.parent / "outside.py"
    outside.write_text("secret\n")
    (notes / "src" / "link.py").symlink_to(outside)
    (notes / "src" / "linked").symlink_to(notes.parent)
    (notes / ".git").mkdir()
    (notes / ".git" / "config").write_text("secret\n")
    (notes / "src" / ".env").write_text("secret\n")
    (notes / "src" / "hidden.py").symlink_to(notes / "src" / ".env")
    (notes / "src" / "binary.py").write_bytes(b"\xff\xfe\x00\x80")
    os.mkfifo(notes / "src" / "pipe")
    document = read(notes, line)
    (warning,) = document.warnings
    assert str(warning).startswith("docs/guide/first.md:5: ")
    assert "not found inside the notes' folder" in warning.message
    assert not any("secret" in chunk.plain for chunk in document.chunks)


def test_long_line_of_half_written_ranges_is_read_at_once() -> None:
    start = time.thread_time()
    include = include_of(1, "{! " + "app.py[ln:1-2" * 40_000 + " !}")
    assert include is not None
    assert time.thread_time() - start < 1


def test_page_that_takes_in_far_more_than_it_says_is_cut_with_warnings(notes: Path) -> None:
    (notes / "src" / "large.py").write_text("x = 1\n" * 100_000)
    document = read(notes, '--8<-- "src/large.py"\n' * 2_000)
    assert [(each.line, len(each.text)) for each in document.page.includes] == [
        (line, 600_000) for line in range(5, 11)
    ]
    assert len(document.warnings) == 2_000 - 6


def test_shared_markdown_in_a_hidden_folder_is_a_page_of_its_own(notes: Path) -> None:
    (notes / ".gitbook" / "includes").mkdir(parents=True)
    (notes / ".gitbook" / "includes" / "plan.md").write_text("# Plans\n\nA trial has nine days.\n")
    (notes / ".gitbook" / "other.md").write_text("# Not included\n")
    document = read(notes, '{% include "../../.gitbook/includes/plan.md" %}')
    assert document.warnings == ()
    assert {page.path for page in read_corpus(notes).pages} == {"docs/guide/first.md", ".gitbook/includes/plan.md"}


def test_change_of_an_included_file_changes_the_digest_of_the_page(notes: Path) -> None:
    read(notes, '--8<-- "src/app.py"')
    before = scan_notes(notes).fingerprint
    (notes / "src" / "app.py").write_text("print(3)\n")
    assert scan_notes(notes).fingerprint != before


@pytest.mark.parametrize("line", ['--8<-- "src/app.py:greet"', '```python\n--8<-- "src/app.py:greet"\n```'])
def test_pages_show_the_code_that_they_include(notes: Path, line: str) -> None:
    document = read(notes, line)
    examples: tuple[Example, ...] = document.examples
    html = page_body(document.page, examples)
    assert '<code class="language-python">print("zephyr")\n</code>' in html.replace("&quot;", '"')
    text = agent_text(document.page, PagePaths([document.page]), "http://notes.example", examples)
    assert '```python\nprint("zephyr")\n```' in text
    assert "--8<--" not in html + text


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "src/app.py:greet"',
        "{* ../../src/app.py ln[4:4] *}",
        '{{% code_sample file="src/app.py" %}}',
        '```python\n--8<-- "src/app.py:greet"\n```',
        "```{literalinclude} ../../src/app.py\n```",
    ],
)
def test_code_that_is_included_is_the_passage_and_not_the_line_that_includes_it(notes: Path, line: str) -> None:
    passages = read(notes, line).passages
    (code,) = (passage for passage in passages if passage.kind == "code")
    assert code.text.startswith("Text before.")
    assert 'print("zephyr")' in code.text
    assert "src/app.py" not in code.text


@pytest.mark.parametrize("code", ["", "x = 1\n"])
@pytest.mark.parametrize("include", ['--8<-- "gone.py"', "{!> ../gone.py!}", "{{#include gone.py}}"])
def test_include_that_is_not_found_is_in_no_passage(notes: Path, include: str, code: str) -> None:
    passages = read(notes, f"```python\n{include}\n{code}```").passages
    assert not any("gone.py" in passage.text for passage in passages)
    assert any("x = 1" in passage.text for passage in passages) == bool(code)


def test_fence_that_shows_how_to_include_is_a_passage(notes: Path) -> None:
    passages = read(notes, '```markdown\n--8<-- "gone.md"\n```').passages
    assert passages[-1].text == 'Text before. `--8<-- "gone.md"`'


def test_template_tag_inside_a_fence_is_code(notes: Path) -> None:
    document = read(notes, '```html\n{% include "src/app.py" %}\n```')
    assert document.warnings == ()
    assert document.examples[0].code == '{% include "src/app.py" %}\n'

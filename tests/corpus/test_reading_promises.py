"""Reading keeps its promises for any page: odd ones put together from lines of all dialects, and real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Chunk, Page
from corpus.reading import read_document
from corpus.sentences import LONGEST_CHARACTERS
from corpus.sources import read_corpus
from tests.corpus.promises import broken_promises

FOLDERS = (Path("corpus/notes"), Path("tests/corpus/cases"), Path("tests/service/notes"))

LINES = [
    *("", "```", "```py", "~~~", "````", "# H", "## H", "para. More text.", "- item", "  - nested", "    four", "\tt"),
    *("> quote", "> ```", ">> - a", "| a | b |", "|---|---|", "1. one", "   three", '{% hint style="info" %}'),
    *("{% endhint %}", '=== "Tab"', "!!! note", '??? tip "x"', "<div>", "</div>", "<pre>", "</pre>", "<!--", "-->"),
    *("---", "***", "===", "[^1]: foot", "see [^1]", "[a]: http://x", "\\", "\u2028", "\x0c", "<a name='x'>"),
    *("- ```", "  ```", "    ```", "     ~~~", "word " * 250, "x" * 5000, ":::note", ":::", "/// tip | T", "///"),
    *("import x from 'y'", "> - ```", "1) ```", "{{< x >}}", "`a", "b` c.", "<script>", "x <b\n>y", "# Agent"),
    *("GET https://x/a.md?ask=<q>", "> see [l](https://x/llms.txt)", '--8<-- "a"', "{* f *}", "<Card", "a={x}>"),
    *("&#" + "9" * 5000 + ";", "9" * 5000 + ". item", "```py requires=" + "9" * 5000),
]
"""What odd pages are made of."""

lines = st.sampled_from(LINES) | st.text('`~ \t>-#|.:!"=[]^{}%<ab1\\*_', max_size=12)
line_ends = st.sampled_from(["\n", "\n", "\r\n", "\r"])
pages = st.lists(st.tuples(lines, line_ends).map("".join), max_size=14).map("".join)


@settings(max_examples=250, deadline=None)
@given(pages, st.sampled_from(["page.md", "page.mdx"]))
def test_promises_hold_for_any_page(text: str, path: str) -> None:
    assert broken_promises(Page(path, "Page", text)) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_promises_hold_for_the_pages_of_a_folder(folder: Path) -> None:
    assert [sentence for page in read_corpus(folder).pages for sentence in broken_promises(page)] == []


@pytest.mark.parametrize(
    "page",
    ["{}", "- item: {}", "| a | b |\n|---|---|\n| c | {} |", "term\n: {}", "<p>{}</p>", "> {}"],
    ids=["paragraph", "item", "row", "definition", "html", "quote"],
)
def test_text_without_an_end_becomes_passages_that_each_can_be_weighed(page: str) -> None:
    passages = read_document(Page("page.md", "Page", "# Page\n\n" + page.format("kettle, " * 5_000))).passages
    assert sum(passage.text.count("kettle") for passage in passages) == 5_000
    assert max(len(passage.text) for passage in passages) < 1.1 * LONGEST_CHARACTERS


@pytest.mark.parametrize("damage", ["text", "lines", "lost", "doubled"])
def test_damage_to_a_chunk_is_a_broken_promise(damage: str) -> None:
    page = Page("page.md", "Page", "# Page\n\nOne.\n\n## Next\n\nTwo.\n")
    document = read_document(page)
    first, second = document.chunks
    damaged: dict[str, tuple[Chunk, ...]] = {
        "text": (replace(first, text="# Page\n\nOne"), second),
        "lines": (replace(first, end_line=30), second),
        "lost": (first,),
        "doubled": (first, first, second),
    }
    assert broken_promises(page, document) == []
    assert broken_promises(page, replace(document, chunks=damaged[damage], passages=())) != []

"""Agent instructions: every generation and translation is stripped, pages that explain them are kept."""

from __future__ import annotations

import pytest

from corpus.agent_lines import agent_line_ranges
from corpus.document import Page
from corpus.markdown import parse_page, split_lines
from corpus.reading import read_document

ADDRESS = "https://docs.example.com/tea/brewing.md"

FIRST = f"""\
# Agent instructions: how to ask these pages

What is missing here may be asked for. Send a GET request with the `ask` parameter to this page's address:

```
GET {ADDRESS}?ask=<question>
```

Ask one clear question in plain words. The reply holds an answer and its sources.
"""
SECOND = f"""\
# Agent instructions
These pages are published with a platform.

## Asking these pages
Send a GET request with the `ask` parameter to this page's address:

```
GET {ADDRESS}?ask=<question>
```

Ask one clear question in plain words.
"""
THIRD = SECOND.replace("?ask=<question>", "?ask=<question>&goal=<endgoal>")
FOURTH = f"""\
# Agent instructions
These pages are published with a platform.

## Asking these pages
Use this when the page does not say it. Send a GET request with `ask` and `goal`:

```
GET {ADDRESS}?ask=<question>&goal=<user_goal>
```

`ask` is the question of the moment. `goal` is what the person wants in the end: with
`ask=how hot must the water be`, a goal such as `brew green tea for six` helps.

The reply holds an answer, excerpts and sources. Use it when:

- the page lacks the answer
- you want related pages
"""
TRANSLATED = f"""\
# 代理说明：查询本文档

如需更多信息，请使用 `ask` 参数发送请求：

```
GET {ADDRESS}?ask=<question>
```
"""
ESCAPED = THIRD.replace("```", "\\`\\`\\`").replace("<", "\\<")
STRIPPED = THIRD.replace("<question>", "").replace("<endgoal>", "")
FOOTERS = {
    "first": FIRST,
    "second": SECOND,
    "third": THIRD,
    "fourth": FOURTH,
    "translated": TRANSLATED,
    "escaped": ESCAPED,
    "stripped": STRIPPED,
}
POINTER = "> The index of all pages is [llms.txt](https://docs.example.com/llms.txt). Add `.md` to any address.\n"


def kept(text: str) -> str:
    ranges = agent_line_ranges(parse_page(Page("page.md", "Page", text)).tokens)
    skipped = {line for start, end in ranges for line in range(start, end)}
    return "".join(line for number, line in enumerate(split_lines(text)) if number not in skipped)


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
@pytest.mark.parametrize("rule", ["---\n\n", "***\n\n", ""])
def test_footer_is_stripped_with_its_rule(footer: str, rule: str) -> None:
    assert kept(f"# Brewing\n\nHot water.\n\n\n{rule}{footer}").strip() == "# Brewing\n\nHot water."


def test_footer_of_a_page_without_a_heading_is_stripped() -> None:
    assert kept(f"---\ntitle: Brewing\n---\n\nHot water.\n\n---\n\n{FOURTH}").endswith("Hot water.\n\n")


@pytest.mark.parametrize("text", [POINTER + "\n# Brewing\n\nText.\n", "# Brewing\n\n" + POINTER + "\nText.\n"])
def test_line_at_the_top_is_stripped(text: str) -> None:
    assert "llms.txt" not in kept(text)
    assert "# Brewing\n" in kept(text)


def test_every_page_of_a_joined_file_is_stripped() -> None:
    pages = [f"{POINTER}\n# Page {i}\n\nText {i}.\n\n---\n\n{footer}" for i, footer in enumerate(FOOTERS.values())]
    rest = kept("\n---\n\n".join(pages))
    assert "ask=" not in rest
    assert "llms.txt" not in rest
    assert all(f"# Page {i}\n\nText {i}.\n" in rest for i in range(len(pages)))


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
def test_nothing_of_a_footer_is_read(footer: str) -> None:
    document = read_document(Page("page.md", "Brewing", f"# Brewing\n\n{POINTER}\nHot water.\n\n---\n\n{footer}"))
    assert [section.headings for section in document.sections] == [("Brewing",)]
    assert [chunk.text for chunk in document.chunks] == ["Hot water."]
    assert [passage.text for passage in document.passages] == ["Hot water."]
    assert document.examples == ()


@pytest.mark.parametrize(
    "text",
    [
        "# Asking\n\nAdd `?ask=` to a page:\n\n```\nGET /page.md?ask=<question>\n```\n\nThat is all.\n",
        "# API\n\nText.\n\n## Asking\n\n```\nGET https://x.example/page.md?ask=<question>\n```\n\n## More\n\nText.\n",
        "# API\n\nText.\n\n---\n\n# Asking\n\n```\nGET /a.md?ask=<q>\n```\n\nThe reply:\n\n```\n# q\n```\n",
        "# API\n\n---\n\n# Asking\n\n| request |\n|---|\n| x |\n\n```\nGET /a.md?ask=<q>\n```\n",
        "# API\n\n---\n\n# Asking\n\nAny page answers `GET /a.md?ask=<q>`, says the guide.\n",
        "# API\n\n## Index\n\n> See [llms.txt](llms.txt) for all pages.\n\nText.\n",
    ],
)
def test_page_that_explains_asking_is_kept(text: str) -> None:
    assert kept(text) == text

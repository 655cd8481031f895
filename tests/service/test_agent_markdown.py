"""Pages as agents read them: plain Markdown, with nothing of a dialect left and nothing of the page lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from corpus.document import Page
from corpus.markdown import parse_page
from service.agent_markdown import agent_page, agent_text
from service.page_paths import PagePaths
from tests.corpus.test_reading_promises import pages

SITE = "https://notes.example"
NOTES = [
    Page("guide/tasks.md", "Tasks", ""),
    Page("guide/queues.md", "Queues", ""),
    Page("README.md", "Start", ""),
]


def written(text: str) -> str:
    return agent_text(Page("guide/tasks.md", "Tasks", text), PagePaths(NOTES), SITE)


def test_tabs_stand_one_after_another_under_their_titles() -> None:
    first = '{% tab title="Linux" %}\nfirst\n{% endtab %}'
    second = '{% tab title="macOS" %}\nsecond\n{% endtab %}'
    tabs = f"{{% tabs %}}\n{first}\n\n{second}\n{{% endtabs %}}\n"
    assert written(f"# T\n\n{tabs}").split("\n\n") == ["# T", "**Linux**", "first", "**macOS**", "second"]


def test_indented_tabs_are_written_without_their_indent() -> None:
    text = written('# T\n\n=== "Linux"\n\n    ```sh\n    ls\n    ```\n\n=== "macOS"\n\n    second\n')
    assert text.split("\n\n") == ["# T", "**Linux**", "```sh\nls\n```", "**macOS**", "second"]


def test_cards_keep_titles_texts_and_links() -> None:
    cells = ["<strong>Queues</strong>", "Wait in line", "<a href='queues.md'>queues.md</a>", ""]
    card = f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    text = written(f'# T\n\n<table data-view="cards"><tbody>{card}</tbody></table>\n')
    assert "**Queues** Wait in line" in text
    assert f"({SITE}/guide/queues.md)" in text
    assert "<" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[q](queues.md#get)", f"[q]({SITE}/guide/queues.md#get)"),
        ("[q](../README.md)", f"[q]({SITE}/README.md)"),
        ('[q](queues.md "mention")', f'[q]({SITE}/guide/queues.md "mention")'),
        ("[[Queues]]", f"[Queues]({SITE}/guide/queues.md)"),
        ("[out](https://a.example/x)", "[out](https://a.example/x)"),
        ("![A diagram](x.png)", "*Image: A diagram*"),
        ('<img src="x.png" alt="A diagram">', "*Image: A diagram*"),
        ("![](https://a.example/x.png)", "![](https://a.example/x.png)"),
        ("## Head {#own-name}", "## Head"),
        ("Call {py:func}`run` of {ref}`the page <page>`.", "Call `run` of the page."),
        ("a `{string}` and {string}", "a `{string}` and {string}"),
        ('a {{< glossary_tooltip text="Pod" term_id="pod" >}} runs', "a Pod runs"),
        ('<a href="{{< ref "queues.md" >}}">Queues</a>', f'<a href="{SITE}/guide/queues.md">Queues</a>'),
        ('See {{domxref("Animation")}}{{optional_inline}}.', "See Animation."),
        ("[](){#here}Text", "Text"),
        ("**bold** and `{{< raw >}}`", "**bold** and `{{< raw >}}`"),
    ],
)
def test_line_of_a_page_is_plain_markdown(text: str, expected: str) -> None:
    assert written(f"# T\n\n{text}\n") == f"# T\n\n{expected}"


def test_code_stays_as_it_is() -> None:
    code = '```html\n{% include "x" %} {{< y >}} [a](b.md) {#id} {ref}`x`\n```'
    assert written(f"# T\n\n{code}\n") == f"# T\n\n{code}"


@settings(max_examples=150, deadline=None)
@given(pages)
def test_lines_for_agents_are_seen_below_any_page(text: str) -> None:
    page = agent_page(Page("guide/tasks.md", "Tasks", text), PagePaths(NOTES), SITE)
    tokens = parse_page(Page("", "", page)).tokens
    headings = [
        content.content for token, content in pairwise(tokens) if token.type == "heading_open" and not token.level
    ]
    assert "Asking these notes" in headings

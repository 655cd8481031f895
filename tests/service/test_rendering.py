from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Page
from corpus.markdown import parse_page
from corpus.sections import split_sections
from service.page_body import LAID_OUT_CHARACTERS, OPEN_TAGS, page_body
from service.page_links import link_from
from service.rendering import render_page

FORBIDDEN_TAGS = {
    *("script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "template"),
    *("svg", "math", "base", "link", "meta", "video", "audio", "source", "frame", "frameset", "noscript", "title"),
}
LOADING_ATTRIBUTES = {
    "style",
    "src",
    "srcset",
    "srcdoc",
    "action",
    "formaction",
    "background",
    "poster",
    "data",
    "ping",
}
SCHEME = re.compile(r"([a-zA-Z][\w+.-]*):")


class Elements(HTMLParser):
    """The elements of an HTML text in order: (tag, attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(text: str, path: str = "guide/tasks.md", title: str = "Tasks") -> Page:
    return Page(path, title, text)


def body(text: str, path: str = "guide/tasks.md") -> Elements:
    return Elements(page_body(page(text, path)))


def dangers(elements: Elements) -> list[str]:
    """Name all that could run, load or send something."""
    found = [tag for tag, _ in elements.found if tag in FORBIDDEN_TAGS]
    for tag, attributes in elements.found:
        found += [f"{tag}.{name}" for name in attributes if name.startswith("on") or name in LOADING_ATTRIBUTES]
        scheme = SCHEME.match(re.sub(r"[\x00-\x20]", "", attributes.get("href") or ""))  # as browsers read it
        found += [f"{tag}.href={scheme[1]}"] if scheme and scheme[1].lower() not in ("http", "https", "mailto") else []
    return found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example/x.js></sCrIpT>",
        "before <script>alert(1)",
        "<img src=x onerror=alert(1)>",
        '<p onclick="alert(1)" style="position:fixed">text</p>',
        '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "[link](javascript:alert(1))",
        "[link](JaVaScRiPt:alert(1))",
        "[link](java&#x0A;script:alert(1))",
        "[link](<&#1;javascript:alert(1)>)",
        "[link](vbscript:x) [link](data:text/html,<script>alert(1)</script>) [link](file:///etc/passwd)",
        '<a href=" javascript:alert(1)">link</a>',
        '<a href="java\tscript:alert(1)">link</a>',
        '<a href="data:text/html;base64,PHNjcmlwdD4=">link</a>',
        '![alt" onerror="alert(1)](x.png)',
        "![alt](javascript:alert(1))",
        '[link](https://example.com "title\\" onmouseover=\\"alert(1)")',
        '```"><script>alert(1)</script>\ncode\n```',
        '```python onload="alert(1)"\ncode\n```',
        '<pre class="language-python"><script>alert(1)</script>"><code onload=alert(1)>x</code></pre>',
        '{% hint style="info\\" onclick=\\"alert(1)" %}\ntext\n{% endhint %}',
        "{% hint style='\"><script>alert(1)</script>' %}\ntext\n{% endhint %}",
        '{% tab title="<img src=x onerror=alert(1)>" %}\ntext\n{% endtab %}',
        '{% code title="</figcaption><script>alert(1)</script>" %}\n```\nx\n```\n{% endcode %}',
        '{% embed url="javascript:alert(1)" %}',
        "{% embed url='https://example.com/\" onclick=\"alert(1)' %}",
        '{% content-ref url="javascript:alert(1)" %}\n{% endcontent-ref %}',
        "{% <script>alert(1)</script> %}",
        ':::"><script>alert(1)</script>\ntext\n:::',
        "{{< note title='<script>alert(1)</script>' >}}\ntext\n{{< /note >}}",
        "# <img src=x onerror=alert(1)> heading",
        '# heading {#x"onclick="alert(1)}',
        "[^1]\n\n[^1]: <script>alert(1)</script>",
        '| a |\n| --- |\n| <iframe srcdoc="<script>alert(1)</script>"> |',
        "<form action=/run><input name=x><button>Send</button></form>",
        '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example">',
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "</article></main></body><script>alert(1)</script>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<style>@import 'https://evil.example/x.css';</style>",
        '<a id="x" href="https://example.com" ping="https://evil.example">link</a>',
        "<template><script>alert(1)</script></template>",
        "<details ontoggle=alert(1) open><summary>S</summary></details>",
    ],
)
def test_page_body_of_hostile_text_can_neither_run_nor_load_nor_send(text: str) -> None:
    assert dangers(body(text)) == []


@given(st.text("<>\"'=`&#;:/\\![](){}%-| \n\tjavscriptonel1", max_size=200))
def test_page_body_of_any_markup_has_no_dangers(text: str) -> None:
    assert dangers(body(text)) == []


def test_page_body_of_text_that_closes_the_article_keeps_the_document_whole() -> None:
    document = render_page(page("</article></main></body></html>\n\n<div>\n\nafter"))
    assert document.count("</article>") == document.count("</main>") == document.count("</html>") == 1


@pytest.mark.parametrize(
    "opened",
    [
        "<!-- a remark",
        "<script>",
        "<style>",
        "<title>",
        "<TextArea rows=2>",
        "<iframe src=x>",
        "<template>",
        "<plaintext>",
    ],
)
def test_what_follows_html_that_is_never_closed_is_shown(opened: str) -> None:
    elements = body(f"Before {opened} it.\n\n<div>\n{opened}\n</div>\n\n## After\n\nLast *words*.")
    assert elements.named("h2") == [{"id": "after"}]
    assert len(elements.named("em")) == 1
    assert dangers(elements) == []


def test_hint_becomes_an_aside_that_names_its_style() -> None:
    elements = body('{% hint style="warning" %}\nMind the **gap**.\n{% endhint %}')
    assert elements.named("aside") == [{"class": "hint warning"}]
    assert elements.words.split() == ["Tasks", "Warning", "Mind", "the", "gap."]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (":::tip Title\ntext\n:::", "Tip: Title"),
        ("{{< caution >}}\ntext\n{{< /caution >}}", "Caution"),
        ("{% hint %}\ntext\n{% endhint %}", "Info"),
    ],
)
def test_admonitions_of_other_dialects_become_asides_with_their_name(text: str, name: str) -> None:
    elements = body(text)
    assert len(elements.named("aside")) == 1
    assert name in elements.words


def test_tabs_are_written_one_after_another_with_their_titles() -> None:
    first = '{% tab title="Python" %}\nfirst\n{% endtab %}'
    second = '{% tab title="Node" %}\nsecond\n{% endtab %}'
    elements = body(f"{{% tabs %}}\n{first}\n\n{second}\n{{% endtabs %}}")
    assert elements.named("section") == [{"class": "tab"}, {"class": "tab"}]
    assert elements.words.split() == ["Tasks", "Python", "first", "Node", "second"]


def test_code_title_becomes_the_caption_of_its_code() -> None:
    html = page_body(page('{% code title="main.py" %}\n```python\nx = "<a>"\n```\n{% endcode %}'))
    assert "<figcaption>main.py</figcaption>" in html
    assert '<code class="language-python">x = "&lt;a&gt;"\n</code>' in html


def test_steps_become_a_numbered_list() -> None:
    elements = body("{% stepper %}\n{% step %}\nOne\n{% endstep %}\n{% step %}\nTwo\n{% endstep %}\n{% endstepper %}")
    assert elements.named("ol") == [{"class": "steps"}]
    assert len(elements.named("li")) == 2


def test_embed_and_page_references_become_links() -> None:
    elements = body(
        '{% embed url="https://example.com/video" %}\n\n'
        '{% content-ref url="../io/streams.md" %}\n[streams.md](../io/streams.md)\n{% endcontent-ref %}\n\n'
        '{% content-ref url="queues.md" %}\n{% endcontent-ref %}'
    )
    addresses = [link["href"] for link in elements.named("a")]
    assert addresses == ["https://example.com/video", "/io/streams", "/guide/queues"]


def test_highlighted_code_keeps_its_language_and_its_strong_lines() -> None:
    html = page_body(
        page('<pre class="language-python"><code class="lang-python">a\n<strong>b\n</strong></code></pre>')
    )
    assert '<pre class="language-python"><code class="lang-python">a\n<strong>b\n</strong></code></pre>' in html


def test_details_stay_and_hold_rendered_markdown() -> None:
    html = page_body(page("<details>\n\n<summary>More</summary>\n\nSome *text*.\n\n</details>"))
    assert "<summary>More</summary>" in html
    assert "<em>text</em>" in html


def test_unknown_tag_stays_as_text() -> None:
    assert "{% for x in y %}" in body("{% for x in y %}").words


@pytest.mark.parametrize("text", ["![A diagram](x.png)", '<img src="x.png" alt="A diagram">'])
def test_image_is_replaced_by_its_alternative_text(text: str) -> None:
    elements = body(text)
    assert all("src" not in image for image in elements.named("img"))
    assert "A diagram" in elements.words or elements.named("img") == [{"alt": "A diagram"}]


def test_headings_have_the_anchors_that_the_index_links_to() -> None:
    notes = page(
        "# Tasks\n\n## `create_task` & more!\n\n## Twice\n\n## Twice\n\n## Named {#own-name}\n\n- # In a list\n"
    )
    sections = split_sections(parse_page(notes))
    elements = Elements(page_body(notes))
    anchors = [attributes["id"] for tag, attributes in elements.found if tag in ("h1", "h2") and attributes.get("id")]
    assert anchors == [section.anchor for section in sections]
    assert "{#own-name}" not in elements.words


def test_agent_instructions_of_a_publisher_are_left_out() -> None:
    footer = "***\n\n# Agent Instructions\n\n```\nGET https://other.example/page.md?ask=<question>\n```\n"
    words = body(f"# Tasks\n\nText.\n\n{footer}").words
    assert "Text." in words
    assert "other.example" not in words


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("../a/b.md#x", "/a/b#x"),
        ("b.md", "/guide/b"),
        ("./b.md?q=1#x", "/guide/b?q=1#x"),
        ("/top.md", "/top"),
        ("../../../../etc/passwd", "/etc/passwd"),
        ("sp%20ace.md", "/guide/sp%20ace"),
        ("#x", "#x"),
        ("https://example.com/a.md", "https://example.com/a.md"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("%2f%2fevil.example/x.md", "/evil.example/x"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_link_leads_to_the_page_that_it_means(href: str, address: str | None) -> None:
    assert link_from("guide/tasks.md", href) == address


def test_links_carry_no_trust_outside() -> None:
    [link] = body("[out](https://example.com)").named("a")
    assert link["rel"] == "noopener noreferrer nofollow"


def test_page_names_its_markdown_form_and_asks_from_its_place() -> None:
    elements = Elements(render_page(page("# Tasks\n", path="guide/my tasks.md")))
    [alternate] = [link for link in elements.named("link") if link["rel"] == "alternate"]
    assert alternate == {"rel": "alternate", "type": "text/markdown", "href": "/guide/my%20tasks.md"}
    assert [form["action"] for form in elements.named("form")] == ["/"]
    assert {"type": "hidden", "name": "page", "value": "guide/my tasks.md"} in elements.named("input")


def test_page_has_one_title_whether_or_not_its_text_has_one() -> None:
    assert len(body("# Tasks\n\ntext").named("h1")) == 1
    assert len(body("text only").named("h1")) == 1


def test_navigation_groups_pages_and_marks_the_current_one() -> None:
    navigation = [("Start", "/README", ""), ("Tasks", "/guide/tasks", "Guide"), ("<b>", "/guide/b", "Guide")]
    html = render_page(page("text"), navigation=navigation)
    assert html.count("<h2>Guide</h2>") == 1
    assert '<a href="/guide/tasks" aria-current="page">Tasks</a>' in html
    assert "&lt;b&gt;" in html


def test_hostile_title_path_and_description_stay_text() -> None:
    hostile = Page(
        'x"><script>.md', "</title><script>alert(1)</script>", "text", description='"><script>', groups=("<b>",)
    )
    html = render_page(hostile)
    assert "<script" not in html
    assert "<b>" not in html


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    ["word <script>alert(1)</script>\n" * 330_000, "<div>\n" * 40_000, "{% hint %}\n" * 25_000, "x" * 10_000_000],
    ids=["long", "open tags", "open hints", "one line"],
)
def test_page_body_of_a_huge_page_is_plain_text_soon(text: str) -> None:
    assert len(text) > LAID_OUT_CHARACTERS or text.count("<div>") > OPEN_TAGS or text.count("{%") > OPEN_TAGS
    html = page_body(page(text))
    assert "shown as plain text" in html
    assert "<script" not in html

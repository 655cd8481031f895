"""Words of tokens: markup resolved, tags said, code kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Page
from corpus.markdown import parse_inline, parse_page
from corpus.plain import block_text, html_lines, html_text, inline_text


def words(text: str, path: str = "page.md") -> str:
    return block_text(parse_page(Page(path, "Page", text)).tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** _it_ ~~gone~~ `code`", "bold it gone `code`"),
        ("[words](x.md) and <https://a.example>", "words and https://a.example"),
        ("![a picture](x.png)", "a picture"),
        ("a&#x20;b &amp; c", "a b & c"),
        ("one\\\ntwo  \nthree", "one\ntwo\nthree"),
        ("line<br>break", "line break"),
        ("press <kbd>Ctrl</kbd>", "press Ctrl"),
        ("[[Page|shown]] and [[folder/Other page]]", "shown and Other page"),
        ("see [[Page#Part]]", "see Page Part"),
        ('a {{< glossary_tooltip text="Pod" term_id="pod" >}} runs', "a Pod runs"),
        ('{{< glossary_tooltip term_id="replica-set" >}}', "replica set"),
        ("text[^1]\n\n[^1]: note", "text\nnote"),
        ("2 ** 3 ** 4 and scripts/**/a.py", "2 ** 3 ** 4 and scripts/**/a.py"),
        ("is **not **required", "is not required"),
        ("Returns {:ok, value} or {.a.b}", "Returns {:ok, value} or {.a.b}"),
        ("Hello {{Name}} and {{ href }}", "Hello {{Name}} and {{ href }}"),
        ("{{Specifications}} {{HTMLSidebar}}text", "text"),
        ("int[][] and a[i][j] and [x][0]", "int[][] and a[i][j] and [x][0]"),
        ("> [!note] Careful\n> text", "Note: Careful\ntext"),
        ("> [!WARNING]\n> text", "Warning: \ntext"),
    ],
)
def test_markup_becomes_words(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("code", ["[[1, 2], [3]]", "[[ -f x ]]", "{% raw %}", "{{< note >}}", "[!note]", "a  &amp; b"])
def test_inline_code_stays_as_it_is(code: str) -> None:
    assert words(f"x `{code}` y") == f"x `{' '.join(code.split())}` y"


def test_hugo_tag_with_words_inside_code_gives_its_words() -> None:
    assert words('`{{< glossary_tooltip text="replicas" term_id="x" >}}`') == "`replicas`"


def test_fence_gives_its_code_and_heading_its_words() -> None:
    assert words("# Head\n\n```py\nx = [[1]]\n```\n") == "Head\nx = [[1]]"


def test_line_ends_inside_code_and_tags_are_kept_when_asked_for() -> None:
    children = parse_inline('see `a\nb`, <b\nid="x">c</b> d\nend')
    assert inline_text(children) == "see `a b`, c d\nend"
    assert inline_text(children, keep_line_ends=True).count("\n") == 3
    assert inline_text(children, keep_line_ends=True).startswith("see `a b`,\n")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One<br>two</p>", "One\ntwo"),
        ("<td>a</td><td>b</td>", "a b"),
        ('<img src="x" alt="shown">', "shown"),
        ("<script>var x</script><style>p {}</style>text", "text"),
        ("a <!-- hidden --> b", "a b"),
        ("a <!-- never closed", "a"),
        ("<![CDATA[x]]> y", "<![CDATA[x]]> y"),
        ("1 < 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("<div", "<div"),
        pytest.param(f"<b>a&#{'9' * 5_000};b", "a\N{REPLACEMENT CHARACTER}b", id="a character of 5,000 digits"),
        pytest.param(f"<a title='&#{'0' * 5_000}'>b</a>", "b", id="such a character in an attribute"),
    ],
)
def test_html_gives_its_text(html: str, expected: str) -> None:
    assert html_text(html) == expected


@given(st.text(alphabet="<>!-/[]a=\"' \n&;", max_size=60))
def test_words_of_any_html_can_be_had(html: str) -> None:
    html_text(html)
    assert html_lines(html).count("\n") <= html.count("\n")


@pytest.mark.parametrize("piece", ["<!--", "<a ", "</a", "<![CDATA[", "<?", "<x y='"])
def test_html_that_is_never_closed_takes_linear_time(piece: str) -> None:
    html_text("<script>" + piece * 20_000)
    html_lines(piece * 20_000 + ">")

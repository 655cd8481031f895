"""Shapes of pages that have made readers of Markdown slow, each as a function from a size to a text."""

from __future__ import annotations

from collections.abc import Callable

Shape = Callable[[int], str]


def repeated(piece: str) -> Shape:
    """Return the shape of a piece over and over."""
    return lambda size: piece * size


def numbered(pattern: str) -> Shape:
    """Return the shape of a pattern with a number in it, counted up."""
    return lambda size: "".join(pattern.replace("#", str(number)) for number in range(size))


REPEATED = (
    # HTML that is never closed
    *(
        "<!--",
        "<!-- a\n",
        "<!-- a\n\n",
        "a <!-- b\n",
        "<a ",
        "<div\n",
        "</a",
        "<div>\n\n",
        "<b>",
        "<![CDATA[\n",
        "<?",
        "<!A",
    ),
    *("<pre>\n\n", "</pre>\n\n", "<script>\n\n", "<details>\n<summary>a</summary>\n\n", '<a href="x', "<kbd>a</kbd> "),
    # brackets, emphasis, code spans
    *(
        "[",
        "[a\n",
        "![a](",
        "[a](<b",
        "]",
        "[a] ",
        "[[",
        "[[a|",
        "![[",
        "> [!note] a\n> b\n\n",
        "*a ",
        "**a_",
        "*",
        "~~a",
    ),
    *("a**b c* ", "` ", "`a`` ", "\\", "&amp;", "&#", "<http://", "%%a "),
    # blocks
    *(
        "```\n",
        "```\ncode\n```b\n",
        "- ```\n",
        "> ```\n\n",
        "- a\n",
        "- ",
        ">",
        "> a\n\n",
        "- a\n\n  b\n\n",
        "# A\n",
        "---\n",
    ),
    *("    a\n\n", "| a |\n|---|\n| b |\n\n", "|", "|a\n", "[a]:\n", "[^1]: t\n\n", "[^", "\n", "   \n", "\t", "a\r"),
    # dialects
    *(
        "{% hint %}\n",
        '{% hint style="info" %}\n\ntext\n\n',
        '{% tab title="x" %}\n\n',
        "{% ",
        "{{< a ",
        ":::a\n",
        ":",
        "/// a\n",
    ),
    *(
        "!!! note\n",
        "!!! note\n    a\n\n",
        '=== "a"\n\n    t\n\n',
        "<Card\n",
        "<Card a={\n",
        "import a from 'b'\n",
        '--8<-- "a"\n',
    ),
    # marks inside lines
    *(
        "{#a ",
        "{: .a b=",
        "{{a(",
        "{{< a\n",
        "]({{< a",
        "[a][",
        "%%a ",
        "%%\n",
        " ^abcd",
        "{ref}`a`",
        "(a)=\n",
        "+++\n",
    ),
    *("```{note}\n", ":::{note}\n:a: b\n", "- [ ] a\n", "{* ../a.py *}\n", "{{#include a:b}}\n"),
    # words
    *(
        "word ",
        "a",
        "A b. ",
        ".",
        "?",
        "e.g. ",
        "日本。",
        "word\n",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\u0301",
        "\0",
    ),
    # lines that publishers add for agents
    *("---\n\n# A\n\n```\nGET x.md?ask=<q>\n```\n\n", "> see [index](x/llms.txt)\n\n# H\n\n"),
)

SHAPES: dict[str, Shape] = {
    **{repr(piece): repeated(piece) for piece in REPEATED},
    "nested links": lambda size: "[" * size + "a" + "](b)" * size,
    "code spans of all lengths": lambda size: "".join(
        "`" * length + " a " for length in range(1, int((2 * size) ** 0.5))
    ),
    "nested lists": lambda size: "".join("  " * depth + "- a\n" for depth in range(int(size**0.5))),
    "fence that is never closed": lambda size: "```\n" + "x\n" * size,
    "quote that goes on": lambda size: ">" * 30 + " a\n" + "b\n" * size,
    "list item of many paragraphs": lambda size: "- " + "  t\n\n" * size,
    "list and blank lines": lambda size: "- a\n" + "\n" * size,
    "tag with one long word": lambda size: "{% hint " + "a" * size + " %}",
    "tag with many attributes": lambda size: "{% hint " + 'a="' * size + " %}",
    "marker with many words": lambda size: "!!! " + "a " * size + '"',
    "long table": lambda size: "| a | b |\n|---|---|\n" + "| c | d |\n" * size,
    "wide table": lambda size: "|a" * size + "|\n" + "|-" * size + "|\n" + "|c" * size + "|",
    "HTML table": lambda size: "<table>" + "<tr><td>a</td></tr>\n" * size + "</table>",
    "HTML list": lambda size: "<ul>\n" + "<li>a\n" * size,
    "footnotes": numbered("a[^#]\n\n[^#]: t\n\n"),
    "link definitions": numbered("[#]\n\n[#]: http://x\n\n"),
    "definition whose title goes on": lambda size: '[a]: b "\n' + "c\n" * size,
    "picture as text": lambda size: "![a](data:image/png;base64," + "QUJD" * size + ")",
    "picture as HTML": lambda size: '<img src="data:image/png;base64,' + "QUJD" * size + '">',
    "front matter that is never closed": lambda size: "---\n" + "a: b\n" * size,
    "heading of many lines": lambda size: "a\n" * size + "===",
    "heading with many attributes": lambda size: "# a " + "{#a " * size,
    "headings of all levels": lambda size: "".join(
        "#" * (1 + number % 6) + f" A{number}\n\n" for number in range(size)
    ),
    "blanks inside a line": lambda size: "a" + " " * size + "b",
    "doctest": lambda size: "```python\n" + ">>> a\n1\n" * size + "```",
    "outputs in comments": lambda size: "```python\n" + "print(1) # 1\n" * size + "```",
    "block comments": lambda size: "```js\n" + "/**" * size + "\n```",
    "strings that are never closed": lambda size: "```python\n" + '"""\n' * size + "```",
    "includes inside a fence": lambda size: "```\n" + '--8<-- "a"\n' * size + "```",
}

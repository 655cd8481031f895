"""Turn a page's text into safe HTML: dialect tags with their meaning, the index's anchors, links that lead to pages.

Whatever the notes hold passes a sanitiser with a list of what may stay: no script, no style, no event handler, no form,
no frame, no address but http, https and mailto. Images are not served, so their alternative text stands in their place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from corpus.agent_lines import agent_line_ranges
from corpus.dialects import code_words, heading_parts, inline_words
from corpus.document import Example, Page
from corpus.markdown import ParsedPage, parse_page
from corpus.myst import role_words, split_role
from corpus.sections import split_sections
from service.dialect_html import CLASSES, directive_html
from service.open_tags import without_open_ends
from service.page_links import LINK_SCHEMES, link_from

LAID_OUT_CHARACTERS = 300_000
"""A longer text is shown as plain lines: laying it out would keep a worker busy for many seconds."""
OPEN_TAGS = 2_000
"""With more tags of a name open at once, too: the time to close them grows with their square."""

_LANGUAGE_CLASS = re.compile(r"lang(?:uage)?-[\w.+#-]{1,40}")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s<>/]*)")
_VOID_TAGS = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_TEXT_TAGS = "a abbr b br code del dfn em i img ins kbd mark q s samp small span strong sub sup u var"
_BLOCK_TAGS = (
    "aside blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary ul"
)
_TABLE_TAGS = "caption table tbody td tfoot th thead tr"
_ANCHORED_TAGS = ("a", "h1", "h2", "h3", "h4", "h5", "h6", "li", "sup")

_TAGS = set(f"{_TEXT_TAGS} {_BLOCK_TAGS} {_TABLE_TAGS}".split())
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: {"id"} for tag in _ANCHORED_TAGS},
    "a": {"href", "id"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "img": {"alt"},
    "ol": {"start"},
    "pre": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def page_body(page: Page, examples: Sequence[Example] = ()) -> str:
    """Return the page's text as an HTML fragment that is safe inside a page of this site, whatever the text holds.

    Code that the page includes from other files comes with its examples.
    """
    if len(page.text) > LAID_OUT_CHARACTERS:
        return _plain_body(page, "This page is long, so it is shown as plain text.")
    tokens = _shown_tokens(parse_page(page))
    _show_included(tokens, {example.start_line: example for example in examples if example.origin})
    layout = _layout()
    html = without_open_ends(layout.renderer.render(tokens, layout.options, {}))
    if _leaves_many_tags_open(html):
        return _plain_body(page, "This page leaves many tags open, so it is shown as plain text.")
    has_title = any(token.type == "heading_open" and token.tag == "h1" for token in tokens)
    return ("" if has_title else _title_html(page)) + _sanitised(html, page.path)


def _title_html(page: Page) -> str:
    return f"<h1>{escape(page.title)}</h1>\n"


def _plain_body(page: Page, reason: str) -> str:
    return f'{_title_html(page)}<p class="label">{reason}</p><pre>{escape(page.text)}</pre>'


def _leaves_many_tags_open(html: str) -> bool:
    open_by_name: Counter[str] = Counter()
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if not match[1] and name not in _VOID_TAGS:
            open_by_name[name] += 1
            if open_by_name[name] > OPEN_TAGS:
                return True
        elif open_by_name[name]:
            open_by_name[name] -= 1
    return False


def _shown_tokens(parsed: ParsedPage) -> list[Token]:
    """Leave agent instructions out, and give headings the anchors that the index links to."""
    anchors = {section.start_line: section.anchor for section in split_sections(parsed) if section.level}
    tokens = list(_without_agent_lines(parsed.tokens))
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.map and not token.level:
            token.attrSet("id", anchors.get(token.map[0] + 1, ""))
            _drop_written_anchor(content)
    return tokens


def _show_included(tokens: Sequence[Token], included: Mapping[int, Example]) -> None:
    """Turn tags and fences that stand for other files' code into blocks of that code."""
    for token in tokens if included else ():
        if token.map and token.type in ("directive", "fence"):
            inside = token.type == "fence" and token.map[0] + 1 not in included
            if example := included.get(token.map[0] + 1 + inside):
                token.type, token.tag, token.content = "fence", "code", example.code
                token.info = example.language


def _without_agent_lines(tokens: Sequence[Token]) -> Iterator[Token]:
    ranges = agent_line_ranges(tokens)
    hidden = False
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            hidden = token.map is not None and any(start <= token.map[0] < end for start, end in ranges)
        if not hidden:
            yield token


def _drop_written_anchor(content: Token) -> None:
    """Take `{#anchor}` off the end of a heading's words."""
    last = content.children[-1] if content.children else None
    if last is not None and last.type == "text":
        last.content = heading_parts(last.content)[0]


def _sanitised(html: str, path: str) -> str:
    def attribute_filter(tag: str, name: str, value: str) -> str | None:
        if tag == "a" and name == "href":
            return link_from(path, value)
        if name == "class" and tag in ("pre", "code"):
            return " ".join(_LANGUAGE_CLASS.findall(value)) or None
        return value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes=set(LINK_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


class _Renderer(RendererHTML):
    """markdown-it's own renderer, with dialect tags, images as words and tables that scroll."""

    def directive(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        following = tokens[idx + 1] if idx + 1 < len(tokens) else None
        return directive_html(tokens[idx], has_content=following is not None and following.type != "directive")

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        content = tokens[idx].content
        end = content.rfind(">") + 1  # a tag without its end would take the next block's into its attributes
        return content[:end] + content[end:].replace("<", "&lt;")

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = inline_words(tokens[idx].content)
        before_code = idx + 1 < len(tokens) and tokens[idx + 1].type == "code_inline"
        return escape(split_role(words)[0] if before_code else words, quote=False)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        role = split_role(tokens[idx - 1].content)[1] if idx and tokens[idx - 1].type == "text" else ""
        words = role_words(role, tokens[idx].content) if role else f"`{code_words(tokens[idx].content)}`"
        is_code = words.startswith("`")
        return f"<code>{escape(words[1:-1])}</code>" if is_code else escape(words, quote=False)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = self.renderInlineAsText(tokens[idx].children, options, env)
        return f'<span class="image">{escape(words)}</span>' if words else ""

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="scroll"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


@cache
def _layout() -> MarkdownIt:
    return MarkdownIt("commonmark", {"xhtmlOut": False}, renderer_cls=_Renderer).use(footnote_plugin)

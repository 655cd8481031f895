"""Read fences that hold text rather than code, as MyST writes notes and tabs: ```` ```{note} ````.

Such a fence stays whole in excerpts, as every fence does; its text is read as Markdown, with the lines of the page.
"""

from __future__ import annotations

from markdown_it.token import Token

from corpus.document import Page
from corpus.markdown import parse_page
from corpus.myst import split_options, text_directive

_DEEPEST = 5


def fenced_text(fence: Token, depth: int = 0) -> list[Token] | None:
    """Return the tokens of the text in a fence, its title first; None when it holds code, or is nested too deeply."""
    directive = text_directive(fence.info)
    if directive is None or fence.map is None or depth > _DEEPEST:
        return None
    options, content = split_options(fence)
    tokens = list(parse_page(Page("", "", "\n" * options + content)).tokens)
    for token in tokens:
        if token.map:
            token.map = [line + fence.map[0] + 1 for line in token.map]
    opening = Token("directive", "", 0, map=[fence.map[0], fence.map[0] + 1], info=" ".join(directive).strip())
    opening.meta = {"dialect": "colons"}
    return [opening, *tokens]

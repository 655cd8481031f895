"""Say in words what the tags of documentation dialects mean: GitBook, Docusaurus, Hugo, MkDocs and Obsidian.

A tag that only shapes the page (`{% endhint %}`, `:::`) has no words. A tag that carries text (a tab's title, an
embedded address, a glossary term) gives that text, so that search finds it and answers keep it.
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from corpus.words import without_marks

_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_NAME = re.compile(r"/?\s*([\w-]+)")
_INLINE_TAG = re.compile(r"\{\{[<%]\s*([^{}]{0,400}?)\s*[>%]\}\}|\{%\s*([^{}]{0,400}?)\s*%\}")
_WIKILINK = re.compile(r"!?\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_HEADING_ATTRIBUTES = re.compile(r"\s*\{:?\s*#([\w.:-]+)[^{}]*\}\s*$")
_CALLOUT = re.compile(r"^\[!([\w-]+)\][+-]?[ \t]*", re.MULTILINE)

_HINT_WORDS = {
    "info": "Note",
    "note": "Note",
    "tip": "Tip",
    "success": "Tip",
    "warning": "Warning",
    "danger": "Warning",
    "caution": "Caution",
}
TEXT_TAGS = frozenset({"embed", "file", "content-ref", "openapi", "reference"})
"""Tags that are text by themselves; all others only shape or announce what stands beside them."""
_TITLED = ("title", "name", "text", "label", "heading", "caption", "alt")
_ONLY_TITLED = frozenset(
    "tab tab-item dropdown details card grid-item-card admonition tabs tab-set grid grid-item column columns row div"
    " container code-group margin sidebar".split()
)
"""Containers that say nothing but their title."""


def attributes_of(tag: str) -> dict[str, str]:
    """Return the `name="value"` pairs of a tag's inside."""
    return {match[1]: match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(tag)}


def tag_name(tag: str) -> str:
    """Return the first word of a tag's inside, lower case (`hint`, `endtabs`, `note`)."""
    match = _NAME.match(tag.strip())
    return match[1].lower() if match else ""


def directive_words(token: Token) -> str:
    """Return the words of a `directive` token; empty when the tag only shapes the page."""
    name, attributes = tag_name(token.info), attributes_of(token.info)
    if token.meta.get("dialect") == "colons":
        return _colon_words(token.info, name)
    if name == "hint":
        style, title = attributes.get("style", ""), attributes.get("title", "")
        return f"{_HINT_WORDS.get(style) or style.capitalize() or 'Note'}: {title}".rstrip()
    if name == "include":
        return ""
    if name in ("embed", "content-ref", "file"):
        return attributes.get("url") or attributes.get("src") or ""
    if name in ("figure", "img", "image"):
        return ". ".join(dict.fromkeys(attributes[key] for key in ("title", "alt", "caption") if attributes.get(key)))
    return next((attributes[key] for key in _TITLED if attributes.get(key)), "")


def colon_title(info: str) -> str:
    """Return the title that stands behind the name of a `:::` container."""
    title = info[len(tag_name(info)) :].strip(" []{}")
    return "" if title.startswith(("#", ".")) or _ATTRIBUTE.match(title) else title


def _colon_words(info: str, name: str) -> str:
    if not name:
        return ""
    title = colon_title(info)
    if name in _ONLY_TITLED:
        return "" if title.replace(" ", "").isdigit() else title
    return f"{_HINT_WORDS.get(name, name.capitalize())}:" + (f" {title}" if title else "")


def tag_words(text: str) -> str:
    """Replace GitBook's and Hugo's tags inside a line of text by their words; the text may be Markdown."""
    return _INLINE_TAG.sub(_tag_words, text) if "{" in text else text


def inline_words(text: str) -> str:
    """Replace dialect tags inside a line of text by their words."""
    text = tag_words(text)
    if "[[" in text:
        text = _WIKILINK.sub(lambda match: match[2] or match[1].rpartition("/")[2].replace("#", " "), text)
    text = without_marks(text)
    if "[!" in text:
        text = _CALLOUT.sub(lambda match: _HINT_WORDS.get(match[1].lower(), match[1].capitalize()) + ": ", text)
    return text


def code_words(text: str) -> str:
    """Replace Hugo's tags inside inline code by their words: Hugo reads them there too. Other code is left as it is."""
    return _INLINE_TAG.sub(lambda match: _tag_words(match) or match[0], text) if "{{" in text else text


def _tag_words(match: re.Match[str]) -> str:
    inside = match[1] or match[2] or ""
    attributes = attributes_of(inside)
    key = next((key for key in _TITLED if attributes.get(key)), "")
    if key:
        # A title stands apart from what follows it, a word is part of its sentence: `{{< term text="Pod" >}}s`.
        return f"{attributes[key]}: " if key in ("title", "name") else attributes[key]
    return attributes.get("term_id", "").replace("-", " ")


def heading_parts(text: str) -> tuple[str, str]:
    """Split a heading's words from an explicit `{#anchor}` or `{ #anchor }` after them, empty when there is none."""
    match = _HEADING_ATTRIBUTES.search(text)
    return (text[: match.start()].rstrip(), match[1]) if match else (text, "")

"""Write dialect tags as HTML: hints as asides, tabs in turn with their titles, steps as a list, embeds as links.

Opening and closing tags are translated one by one; the sanitiser that follows closes what the notes left open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from markdown_it.token import Token

from corpus.dialects import attributes_of, colon_title, directive_words, tag_name

CLASSES: Mapping[str, set[str]] = {
    "aside": {"hint", "info", "success", "warning", "danger"},
    "div": {"tabs", "columns", "reference", "scroll"},
    "section": {"tab", "footnotes"},
    "figure": {"titled"},
    "ol": {"steps", "footnotes-list"},
    "p": {"label", "reference"},
    "span": {"image"},
    "sup": {"footnote-ref"},
}
"""Class names, by tag, that this translation writes; notes cannot use others."""

_HINT_NAMES = {
    "info": "Info",
    "note": "Note",
    "tip": "Tip",
    "success": "Success",
    "important": "Important",
    "warning": "Warning",
    "caution": "Caution",
    "danger": "Danger",
}
_HINT_CLASSES = {"note": "info", "tip": "success", "important": "warning", "caution": "warning"}

Attributes = dict[str, str]


def directive_html(token: Token, *, has_content: bool = True) -> str:
    """Return the HTML of a `directive` token; `has_content` says whether text follows before the tag is closed."""
    name = tag_name(token.info)
    dialect = token.meta.get("dialect")
    if dialect == "colons":
        return _hint_open(name, colon_title(token.info)) if name else "</aside>\n"
    if dialect == "hugo":
        return _shortcode_html(token, name)
    if name in _SHAPES:
        return _SHAPES[name] + "\n"
    if name in _WRITERS:
        return _WRITERS[name](attributes_of(token.info), has_content) + "\n"
    words = "" if name.startswith("end") else directive_words(token) or token.content
    return _label(words)


def _shortcode_html(token: Token, name: str) -> str:
    """Write a Hugo shortcode: the admonitions among them as asides, of the others the words."""
    if name not in _HINT_NAMES:
        return _label(directive_words(token))
    return (
        "</aside>\n"
        if token.info.lstrip().startswith("/")
        else _hint_open(name, attributes_of(token.info).get("title", ""))
    )


def _hint_open(style: str, title: str = "") -> str:
    style = style or "info"
    name = _HINT_NAMES.get(style, style.capitalize())
    colour = _HINT_CLASSES.get(style, style)
    return f'<aside class="hint {escape(colour)}">{_label(f"{name}: {title}" if title else name)}'


def _label(words: str) -> str:
    return f'<p class="label">{escape(words)}</p>\n' if words else ""


def _hint(attributes: Attributes, _has_content: bool) -> str:
    return _hint_open(attributes.get("style", ""), attributes.get("title", ""))


def _titled_section(attributes: Attributes, _has_content: bool) -> str:
    return f'<section class="tab">{_label(attributes.get("title") or attributes.get("date", ""))}'


def _code(attributes: Attributes, _has_content: bool) -> str:
    title = attributes.get("title", "")
    return f'<figure class="titled">{f"<figcaption>{escape(title)}</figcaption>" if title else ""}'


def _reference(attributes: Attributes, has_content: bool) -> str:
    """Open a reference to another page; the link stands in its content, or else is written here."""
    address = attributes.get("url", "")
    return f'<div class="reference">{"" if has_content or not address else _link(address)}'


def _address(attributes: Attributes, _has_content: bool) -> str:
    address = attributes.get("url") or attributes.get("src", "")
    return f'<p class="reference">{_link(address)}</p>' if address else ""


def _file(attributes: Attributes, _has_content: bool) -> str:
    """Name a file of the notes: only pages are served, so there is nothing to link to."""
    name = attributes.get("src", "").rpartition("/")[2]
    return _label(f"File: {attributes.get('caption') or name}")


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'


_SHAPES: Mapping[str, str] = {
    "tabs": '<div class="tabs">',
    "endtabs": "</div>",
    "endtab": "</section>",
    "endhint": "</aside>",
    "endcode": "</figure>",
    "stepper": '<ol class="steps">',
    "endstepper": "</ol>",
    "step": "<li>",
    "endstep": "</li>",
    "columns": '<div class="columns">',
    "endcolumns": "</div>",
    "column": "<div>",
    "endcolumn": "</div>",
    "endcontent-ref": "</div>",
    "endpage-ref": "</div>",
    "endupdate": "</section>",
    "updates": "",
    "if": "",
}
_WRITERS: Mapping[str, Callable[[Attributes, bool], str]] = {
    "hint": _hint,
    "tab": _titled_section,
    "update": _titled_section,
    "code": _code,
    "content-ref": _reference,
    "page-ref": _reference,
    "embed": _address,
    "file": _file,
}

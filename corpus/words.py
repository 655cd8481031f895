"""Marks inside running text that no token stands for: what they say in words, or nothing.

Attribute lists (`{#id .class}`), references by object path (`[text][module.Name]`), Obsidian's comments and block
names, MDN's macros (`{{domxref("Animation")}}`), and emphasis that is not quite Markdown.
"""

from __future__ import annotations

import re

_VALUE = r"""(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{}]+)"""
_ID = r"[ \t]*\#[\w:.-]+"
_MORE = rf"(?:\.[\w-]+|[\w-]+={_VALUE})"
_ATTRIBUTE_LIST = re.compile(
    rf"[ \t]?\{{(?:{_ID}(?:[ \t]+{_MORE})*[ \t]*|:[ \t]*(?:[.#][\w-]|[\w-]+=)[^{{}}\n]{{0,200}}"
    r"|[ \t]+\.[\w-]+[^{}\n]{0,200})\}"
)
_TRAILING_LIST = re.compile(rf"[ \t]?\{{:?[ \t]*(?:{_ID}|{_MORE})(?:[ \t]+{_MORE})*[ \t]*\}}")
_OBJECT_REFERENCE = re.compile(r"(?<![\w\]])\[(`[^`\n]{1,200}`|[^\[\]`\n]{1,200})\]\[(?:[A-Za-z_][\w-]*\.[\w.-]+)?\]")
_COMMENT = re.compile(r"(?<!\S)%%[^%\n]{0,1000}%%(?!\S)[ \t]?")
_BLOCK_NAME = re.compile(r"[ \t]\^[A-Za-z0-9-]{4,40}(?=\n|$)")
_LOOSE_EMPHASIS = re.compile(r"(?<![^\s\[(])\*\*(?=\S)([^*\n]{1,200})\*\*")
_EMPTY_EMPHASIS = re.compile(r"(?m)^\*{4}:?[ \t]*$")
_MACRO = re.compile(r"([ \t]?)\{\{(\s*)([A-Za-z]\w*)(?:\(([^{}]{0,400})\))?\s*\}\}")
_ARGUMENT = re.compile(r"""["']([^"']*)["']""")
_SAYING_MACROS = frozenset(
    "glossary htmlelement svgelement mathmlelement httpheader httpstatus httpmethod csp rfc anch".split()
)
_SILENT_MACROS = frozenset(
    "specifications compat apiref jsref cssref svgref mathmlref defaultapisidebar inheritancediagram csssyntax cssinfo"
    " listsubpages quicklinks readonlyinline optionalinline deprecatedinline experimentalinline seecompattable".split()
)
_MARKING_MACROS = ("_inline", "_header", "_badge", "sidebar")


def without_marks(text: str) -> str:
    """Return a text with such marks resolved; the text holds inline code in backticks, which is left alone."""
    text = without_braces(text)
    if "%%" in text:
        text = _COMMENT.sub("", text)
    if "^" in text:
        text = _BLOCK_NAME.sub("", text)
    return _LOOSE_EMPHASIS.sub(r"\1", _EMPTY_EMPHASIS.sub("", text)) if "**" in text else text


def without_braces(text: str) -> str:
    """Return a text without attribute lists, and with macros as their words; the text may be Markdown."""
    if "{" not in text:
        return text
    text = _ATTRIBUTE_LIST.sub("", text)
    return _MACRO.sub(_macro_words, text) if "{{" in text else text


def without_references(text: str) -> str:
    """Return a text with references by object path as their words; they may be inline code."""
    return _OBJECT_REFERENCE.sub(r"\1", text) if "][" in text else text


def without_attributes(text: str) -> str:
    """Return a text that follows a link, an image or code without the attribute list at its beginning."""
    match = _TRAILING_LIST.match(text)
    return text[match.end() :] if match else text


def _macro_words(match: re.Match[str]) -> str:
    words = _macro_says(match[0].lstrip(" \t"), inside_blank=bool(match[2]), name=match[3], arguments=match[4])
    return match[1] + words if words else ""


def _macro_says(macro: str, *, inside_blank: bool, name: str, arguments: str | None) -> str:
    lowered = name.lower()
    if arguments is None:
        return "" if lowered in _SILENT_MACROS or lowered.endswith(_MARKING_MACROS) else macro
    if lowered.endswith("xref") or lowered in _SAYING_MACROS:
        return next((words for words in _ARGUMENT.findall(arguments)[1::-1] if words), "")
    # With blanks inside it may as well be a function of a template: {{ Name("x") }}.
    return "" if name[0].isupper() and not inside_blank else macro

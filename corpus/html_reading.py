"""Give HTML that people wrote to html.parser: all of it, in linear time, whatever is open or malformed in it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_LONG_NUMBER = re.compile(r"&#[0-9]{8,};?")
_SWALLOWING = re.compile(r"\s{0,3}<(!--|script\b|style\b|textarea\b)", re.IGNORECASE)


def read_html(parser: HTMLParser, html: str) -> None:
    """Feed a piece of HTML to a parser; the parser's line numbers are those of the piece."""
    # An unclosed comment or tag makes html.parser start over at each `<`; `<![` makes it raise. Neither is markup.
    # A character's number of thousands of digits makes it raise too; from eight on there is no such character.
    html = _LONG_NUMBER.sub("\N{REPLACEMENT CHARACTER}", html[: open_comment(html)])
    end = html.rfind(">") + 1
    parser.feed(html[:end].replace("<![", "&lt;!["))
    parser.close()
    if html[end:]:
        parser.handle_data(unescape(html[end:]))


def open_comment(html: str) -> int:
    """Return where a comment begins that is never closed; the length of the text when there is none."""
    place = html.find("<!--", html.rfind("-->") + 1)
    return place if place >= 0 else len(html)


def swallows_the_rest(html: str) -> bool:
    """Tell whether a block of HTML begins with a comment or a script that is never closed.

    CommonMark takes all that follows on the page into such a block, and a browser shows none of it.
    """
    match = _SWALLOWING.match(html)
    if match is None:
        return False
    name = match[1].lower()
    return "-->" not in html if name == "!--" else f"</{name}" not in html.lower()

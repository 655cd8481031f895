"""Keep HTML that is never closed from swallowing the rest of a page: a comment, a script, a `<title>` in running text.

A browser, and a sanitiser that reads as browsers do, would take all that follows for its content.
"""

from __future__ import annotations

import re

_NAMES = "script|style|textarea|title|iframe|noembed|noframes|noscript|xmp|plaintext|template"
_OPENING = re.compile(rf"<(!--|(?:{_NAMES})(?=[\s/>]))", re.IGNORECASE)
_CLOSING = re.compile(rf"--!?>|</({_NAMES})(?=[\s/>])", re.IGNORECASE)


def without_open_ends(html: str) -> str:
    """Return the HTML with `<` written out where it opens what no later tag closes."""
    last = {(match[1] or "!--").lower(): match.start() for match in _CLOSING.finditer(html)}

    def written(match: re.Match[str]) -> str:
        return match[0] if match.start() < last.get(match[1].lower(), -1) else f"&lt;{match[1]}"

    return _OPENING.sub(written, html)

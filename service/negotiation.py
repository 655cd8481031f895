"""Which of the forms on offer a request's `Accept` header prefers (RFC 9110, section 12.5.1).

An unusable header counts as absent: a client that writes nonsense still gets an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

JSON = "application/json"
MARKDOWN = "text/markdown"
HTML = "text/html"
EVENTS = "text/event-stream"

VARY = "Accept, User-Agent"
"""What the form of a reply depends on: agents get Markdown by name."""

_OTHER_NAMES = {"text/x-markdown": MARKDOWN, "application/xhtml+xml": HTML, "application/problem+json": JSON}


@dataclass(frozen=True, slots=True)
class _Range:
    """One media range of the header with its quality, 0 to 1."""

    kind: str
    subkind: str
    quality: float

    def precision(self, media_type: str) -> int:
        """Say how precisely the range names the type: 3 exactly, 2 its kind, 1 anything, 0 not at all."""
        kind, _, subkind = media_type.partition("/")
        if (self.kind, self.subkind) == (kind, subkind):
            return 3
        if self.kind == kind and self.subkind == "*":
            return 2
        return 1 if (self.kind, self.subkind) == ("*", "*") else 0


def preferred(accept: str, offers: Sequence[str]) -> str:
    """Return the offer that the header prefers; the first one on a tie, or when it accepts none of them."""
    ranges = list(_ranges(accept))
    return max(offers, key=lambda offer: (_quality(ranges, offer), -offers.index(offer)))


def names(accept: str, media_type: str) -> bool:
    """Say whether the header names this very type (a wildcard does not count), with a quality above 0."""
    return any(each.precision(media_type) == 3 and each.quality > 0 for each in _ranges(accept))


def _quality(ranges: Sequence[_Range], offer: str) -> float:
    """Take the quality of the range that names the offer most precisely."""
    matching = [(each.precision(offer), each.quality) for each in ranges if each.precision(offer)]
    return max(matching, default=(0, 0.0))[1]


def _ranges(accept: str) -> Iterator[_Range]:
    for item in accept.lower().split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        media_type = _OTHER_NAMES.get(media_type, media_type)
        kind, slash, subkind = media_type.partition("/")
        if kind and slash and subkind:
            yield _Range(kind, subkind, _parse_quality(parameters))


def _parse_quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0.0 <= quality <= 1.0 else 0.0
    return 1.0

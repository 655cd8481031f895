"""What the author says about a code block: its language, its title, and how it is to be run.

It stands in the info string behind the fence, in the words of askmd, rustdoc, MkDocs and pytest's plugins, or in an
HTML comment before the block (`<!-- askmd: no-run -->`, `<!-- pytest-codeblocks:skip -->`). Words that say nothing
about running are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.languages import canonical_language

_WORD = re.compile(r"""([\w.:-]+)=("[^"]*"|'[^']*'|[^\s,{}]+)|([^\s,{}]+)""")
_DIRECTIVES = frozenset({"code-block", "code-cell", "code", "sourcecode", "testcode"})
_NAMES = {
    "no-run": "no-run",
    "norun": "no-run",
    "no-exec": "no-run",
    "noexec": "no-run",
    "skip": "skip",
    "skipif": "skip",
    "importorskip": "skip",
    "ignore": "skip",
    "no-test": "skip",
    "notest": "skip",
    "should-panic": "expect-error",
    "panics": "expect-error",
    "expect-error": "expect-error",
    "expect-exception": "expect-error",
    "raises": "expect-error",
    "compile-fail": "compile-fail",
    "does-not-compile": "compile-fail",
    "group": "group",
    "session": "group",
    "timeout": "timeout",
    "clock": "clock",
    "requires": "requires",
}
_SWITCHES = {"test": "skip", "run": "no-run", "exec": "no-run"}
_OFF = frozenset({"skip", "off", "no", "false", "0", "never"})
_FOREIGN_PREFIXES = ("pytest-codeblocks:", "pytest.mark.", "phmdoctest-mark.", "phmdoctest-", "sybil:", "doctest:")


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """What an info string says."""

    word: str = ""
    """The language word as written."""
    title: str = ""
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """Canonical name of the language; empty when none is named."""
        return canonical_language(self.word)


def read_info(info: str) -> BlockInfo:
    """Read the info string of a fence: `py title="a.py" no-run`, `{.python}`, `rust,ignore`, `python {test="skip"}`."""
    words = list(_words(info))
    word, title = "", ""
    if words and not words[0][1]:
        head = words.pop(0)[0]
        if info.lstrip().startswith("{") and head.lower() in _DIRECTIVES and words and not words[0][1]:
            head = words.pop(0)[0]
        word, _, title = head.removeprefix(".").partition(":")
    stated = dict(words)
    return BlockInfo(word.lower(), stated.get("title") or title, _annotations(words))


def comment_annotations(comment: str) -> dict[str, str]:
    """Return what an HTML comment says about the block after it; nothing when it is a remark of another kind."""
    text = comment.strip().removeprefix("<!--").removesuffix("-->").strip(" -\t\n")
    if text.lower().startswith("askmd:"):
        return _annotations(list(_words(text[len("askmd:") :])))
    for prefix in _FOREIGN_PREFIXES:
        if text.lower().startswith(prefix):
            first = re.match(r"[\w-]+", text[len(prefix) :].lstrip(" +"))
            return _annotations([(first[0], "")]) if first else {}
    words = [(name.rstrip(":"), value) for name, value in _words(text)]
    known = all(_annotations([word]) or word == ("next", "") for word in words)
    return _annotations(words) if known else {}


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield `(word, "")` and `(name, value)` in order; braces and commas only separate."""
    for match in _WORD.finditer(text):
        yield (match[1], match[2].strip("\"'")) if match[1] else (match[3], "")


def _annotations(words: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, value in words:
        name = word.lower().replace("_", "-").removeprefix(".")
        if name in _SWITCHES:
            if value.lower() in _OFF:
                found[_SWITCHES[name]] = ""
        elif name in _NAMES:
            found[_NAMES[name]] = value
    return found

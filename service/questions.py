"""A question as it comes from outside, made fit to be embedded, shown and logged.

What is asked is data: it is normalised, never interpreted.
"""

from __future__ import annotations

import unicodedata

PLACEHOLDERS = frozenset({"", "<question>", "<your question>", "<user_goal>", "<goal>"})


def clean(text: str) -> str:
    """Compose accents, turn control characters and lone surrogates into spaces, and fold white space."""
    visible = "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def is_placeholder(question: str) -> bool:
    """Say whether a cleaned question is empty, or the placeholder of a URL template that a crawler followed."""
    return question.casefold() in PLACEHOLDERS

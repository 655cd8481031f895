"""Validators for answers that stay the same while the index, the results of the examples and the request do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

VALIDATED = {"Cache-Control": "no-cache"}
"""A cache may keep the answer, and has to ask with its ETag before it uses it."""
NEVER_STORED = {"Cache-Control": "no-store"}


def entity_tag(*parts: object) -> str:
    """Make a weak ETag from the parts: weak, because `took_ms` and compression differ between equal answers."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_fresh(headers: Mapping[str, str], tag: str) -> bool:
    """Say whether the request's `If-None-Match` holds the tag (weak comparison, RFC 9110 section 8.8.3.2)."""
    held = headers.get("if-none-match", "")
    opaque = tag.removeprefix("W/")
    return held.strip() == "*" or any(each.strip().removeprefix("W/") == opaque for each in held.split(","))

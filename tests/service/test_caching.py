"""ETags and when they match."""

from __future__ import annotations

import pytest

from service.caching import entity_tag, is_fresh


def test_entity_tag_same_parts_same_tag() -> None:
    assert entity_tag("1", {"a": 1, "b": None}) == entity_tag("1", {"b": None, "a": 1})


def test_entity_tag_parts_do_not_run_together() -> None:
    assert entity_tag("ab", "c") != entity_tag("a", "bc")


@pytest.mark.parametrize(
    ("held", "fresh"),
    [("", False), ('W/"x"', True), ('"x"', True), ('"y", W/"x"', True), ('"y"', False), ("*", True), ("x", False)],
)
def test_is_fresh_compares_weakly(held: str, fresh: bool) -> None:
    assert is_fresh({"if-none-match": held}, 'W/"x"') is fresh

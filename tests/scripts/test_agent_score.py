"""How `scripts/agent-score` judges what the checkers found."""

from __future__ import annotations

import pytest

from scripts.agent_score import CheckerNotUsable, Finding, read_reasons, run


@pytest.mark.parametrize(
    ("status", "reason", "stands"),
    [
        ("pass", "", True),
        ("skip", "", True),
        ("warn", "", False),
        ("fail", "", False),
        ("error", "", False),
        ("warn", "Pages are long on purpose.", True),
    ],
)
def test_finding_that_does_not_pass_needs_a_reason(status: str, reason: str, stands: bool) -> None:
    assert Finding("page-size-markdown", status, "", reason).stands is stands


def test_reasons_are_words_about_checks() -> None:
    assert all(check and len(reason) > 10 for check, reason in read_reasons().items())


def test_checker_that_cannot_be_run_says_so() -> None:
    with pytest.raises(CheckerNotUsable, match="no-such-program"):
        run(["/no-such-program"])

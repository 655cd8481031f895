"""Confidence is a probability that rises with the evidence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.confidence import THRESHOLD, confidence

COSINES = st.floats(-1, 1)
SHARES = st.floats(0, 1)


@given(COSINES, COSINES, SHARES)
def test_any_evidence_gives_a_probability(similarity: float, mean: float, support: float) -> None:
    assert 0 <= confidence(similarity, mean, support) <= 1


@given(COSINES, COSINES, SHARES, st.floats(0, 0.5))
def test_more_evidence_never_lowers_it(similarity: float, mean: float, support: float, more: float) -> None:
    assert confidence(similarity + more, mean, support) >= confidence(similarity, mean, support)
    assert confidence(similarity, mean, support + more) >= confidence(similarity, mean, support)


def test_nothing_near_is_refused_and_a_plain_hit_is_answered() -> None:
    assert confidence(0.1, 0.2, 0.0) < THRESHOLD < confidence(0.7, 0.2, 0.6)


def test_notes_on_one_subject_are_not_held_against_a_question() -> None:
    assert confidence(0.6, 0.9, 0.4) == confidence(0.6, 0.5, 0.4)

"""Confidence is a probability that rises with the evidence."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from service.confidence import THRESHOLD, confidence
from service.evidence import Evidence

COSINES = st.floats(-1, 1)
EVIDENCE = st.builds(Evidence, COSINES, COSINES, COSINES, COSINES)
CHUNKS = st.integers(0, 10_000_000)
FIELDS = st.sampled_from([field.name for field in fields(Evidence) if not field.name.startswith("unknown_")])


@given(EVIDENCE, CHUNKS)
def test_any_evidence_gives_a_probability(evidence: Evidence, chunks: int) -> None:
    assert 0 <= confidence(evidence, chunks) <= 1


@given(EVIDENCE, CHUNKS, FIELDS, st.floats(0.001, 0.5))
def test_more_evidence_never_lowers_it(evidence: Evidence, chunks: int, field: str, more: float) -> None:
    stronger = replace(evidence, **{field: getattr(evidence, field) + more})
    if Evidence() not in (evidence, stronger):
        assert confidence(stronger, chunks) >= confidence(evidence, chunks)


@given(EVIDENCE, CHUNKS, CHUNKS)
def test_the_same_evidence_is_worth_less_among_more_chunks(evidence: Evidence, chunks: int, more: int) -> None:
    assert confidence(evidence, chunks) >= confidence(evidence, chunks + more)


@given(EVIDENCE, CHUNKS, st.floats(0, 1), st.floats(0.001, 0.5))
def test_more_unknown_names_never_raise_it(evidence: Evidence, chunks: int, share: float, more: float) -> None:
    fewer, others = (replace(evidence, unknown_share=each) for each in (share, share + more))
    if Evidence() not in (fewer, others):
        assert confidence(fewer, chunks) >= confidence(others, chunks)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence(Evidence(), 10) == 0


def test_nothing_near_is_refused_and_a_plain_hit_is_answered() -> None:
    assert confidence(Evidence(0.1, 0.2, 0.05, 0.05), 500) < THRESHOLD < confidence(Evidence(0.6, 0.6, 0.5, 0.5), 500)

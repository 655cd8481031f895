"""Programs of every kind, one after the other in one sandbox: a short form of `scripts/soak`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest

from scripts.soak import KINDS, soak


@pytest.mark.usefixtures("sandbox")
def test_runs_of_every_kind_are_labelled_right_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    soaked = asyncio.run(soak(2 * len(KINDS)))
    assert soaked.problems == []
    assert soaked.runs == 2 * len(KINDS)

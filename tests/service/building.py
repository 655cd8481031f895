"""Indexes of real notes with the real model, which is opened once for all of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from index.build import build_index
from index.embedder import Embedder, open_embedder
from service.settings import Settings


def build(settings: Settings) -> str:
    """Bring the index of the settings up to date; return its version."""
    return build_index(settings.notes, settings.data, embedder_of(settings.model, settings.models)).version


@cache
def embedder_of(model: str, models: Path) -> Embedder:
    """Open a model for the rest of the session."""
    return open_embedder(model, models)

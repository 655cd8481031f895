"""What all tests share: the real embedding model, exported once and kept with what a checkout builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedder import Embedder, open_embedder
from service.settings import load_settings


@pytest.fixture(scope="session")
def models() -> Path:
    """Where exported models are, those of a service that is started in this checkout too."""
    return load_settings({}).models


@pytest.fixture(scope="session")
def real_embedder(models: Path) -> Embedder:
    """Open the packaged model; its export takes seconds and is made in the first run only."""
    return open_embedder(cache_folder=models)

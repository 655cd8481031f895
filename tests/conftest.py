"""What all tests share: the real embedding model, exported once and kept between runs."""

from __future__ import annotations

import pytest

from index.embedder import Embedder, open_embedder


@pytest.fixture(scope="session")
def real_embedder(pytestconfig: pytest.Config) -> Embedder:
    """Open the packaged model; its export takes seconds and is made in the first run only."""
    return open_embedder(cache_folder=pytestconfig.cache.mkdir("models"))

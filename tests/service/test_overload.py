"""A service that is asked more than it can do: who is turned away learns when to come back, and nobody is lost."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.benchmark.server import Server, serving
from service.settings import Settings
from service.state import QUESTIONS_AT_WORK

pytestmark = pytest.mark.anyio

QUEUE = 4
ASKED = 300
SECONDS = 100


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    data = shutil.copytree(settings.data, tmp_path / "data")
    with serving(settings.model_copy(update={"data": data, "question_queue": QUEUE})) as server:
        yield server


async def test_overload_turns_away_with_a_time_and_loses_nobody(served: Server) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=served.url, timeout=SECONDS, limits=limits) as client:
        asked = [asyncio.create_task(client.get("/ask", params={"q": f"How hot is water {n}?"})) for n in range(ASKED)]
        alive = await client.get("/healthz")
        responses = await asyncio.gather(*asked)
        after = await client.get("/ask", params={"q": "When does water boil?"})
    counts = Counter(response.status_code for response in responses)
    assert alive.status_code == 200
    assert counts.keys() == {200, 503}
    assert counts[200] >= QUESTIONS_AT_WORK + QUEUE
    refused = [response for response in responses if response.status_code == 503]
    assert all(int(response.headers["retry-after"]) >= 1 for response in refused)
    assert all(response.json()["title"] for response in refused)
    assert after.status_code == 200


def test_serving_process_holds_no_torch(served: Server) -> None:
    assert httpx.get(f"{served.url}ask", params={"q": "When does water boil?"}, timeout=SECONDS).status_code == 200
    for process in served.process_ids:
        mapped = Path(f"/proc/{process}/maps").read_text()
        assert "openvino" in mapped
        assert "libtorch" not in mapped

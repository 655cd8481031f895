"""The benchmark: a small run of the real thing, and what it does when questions are lost."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from index.store import Index, open_index
from service.__main__ import main
from service.benchmark.bench import Bench
from service.benchmark.copied import copied_data
from service.benchmark.errors import MeasuredServiceFailed, QuestionsLost
from service.benchmark.figures import latencies
from service.benchmark.load import Load, load
from service.benchmark.questions import Questions
from service.benchmark.server import serving
from service.benchmark.suites import SUITES
from service.benchmark.suites.questions import whole
from service.benchmark.suites.vectors import grown, real_vectors
from service.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def index(settings: Settings) -> Iterator[Index]:
    index = open_index(settings.data)
    yield index
    index.close()


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every file with its size and time of change; SQLite's own side files come and go with readers."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_bench_measures_all_and_leaves_the_users_data_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notes", "data", "models"):
        monkeypatch.setenv(f"ASKMD_{name.upper()}", str(getattr(settings, name)))
    before = listing(settings.data)
    measured = ["questions", "stages", "vectors"]
    assert main(["bench", "--quick", "--json", *(f"--suite={name}" for name in measured)]) == 0
    output = capsys.readouterr()
    report = json.loads(output.out)
    assert output.err == ""
    assert list(report["suites"]) == [name for name in SUITES if name in measured]
    assert report["machine"]["processors"] == len(os.sched_getaffinity(0))
    assert report["index"]["pages"] == 4
    questions = report["suites"]["questions"]
    assert 0 < questions["alone_p50_ms"] <= questions["alone_p95_ms"] <= questions["alone_p99_ms"]
    assert questions["parallel_lost"] == 0
    assert report["suites"]["vectors"]["10k_recall_at_10"] == 1.0, "so few are searched exactly"
    assert questions["resident_mb"] > questions["private_mb"] > 0
    assert all(value >= 0 for suite in report["suites"].values() for value in suite.values())
    assert listing(settings.data) == before


def test_build_suite_compares_with_plain_encode(settings: Settings, index: Index) -> None:
    told: list[str] = []
    bench = Bench(
        settings, index, Questions(index), True, lambda stage, done, total: told.append(f"{stage} {done}/{total}")
    )
    figures = {figure.name: figure.value for figure in SUITES["build"](bench)}
    assert figures["ratio"] == pytest.approx(figures["ours_per_second"] / figures["plain_per_second"])
    assert told == ["encoding 0/2", "encoding 1/2", "encoding 2/2"]


def test_bench_without_index_names_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--data", str(tmp_path)]) == 3
    assert "askmd index" in capsys.readouterr().err


def test_bench_unknown_suite_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["bench", "--suite", "spede"])
    assert ending.value.code == 2
    assert "questions" in capsys.readouterr().err


def test_questions_of_small_notes_are_distinct_and_the_same_again(index: Index) -> None:
    first = Questions(index).take(2_000)
    assert len(set(first)) == 2_000
    assert Questions(index).take(2_000) == first


def test_copied_data_is_removed_and_holds_no_questions(settings: Settings) -> None:
    with copied_data(settings) as copied:
        assert copied.ledger_file.is_file()
        assert not copied.question_log_file.exists()
        open_index(copied.data).close()
    assert not copied.data.exists()


def test_serving_service_that_does_not_start_tells_why(settings: Settings, tmp_path: Path) -> None:
    with (
        pytest.raises(MeasuredServiceFailed, match="askmd index"),
        serving(settings.model_copy(update={"data": tmp_path})),
    ):
        pass


async def test_load_counts_refused_and_dropped_questions_as_lost() -> None:
    answers = {
        "/ok": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "/busy": b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
    }

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                answered = answers.get(request.split()[1].decode())
                if answered is None:
                    break
                writer.write(answered)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await load("127.0.0.1", port, ["/ok", "/busy", "/dropped", "/ok", "/ok"], parallel=2)
    assert len(result.times_ms) == 3
    assert result.lost == 2
    assert result.received_bytes == 6
    with pytest.raises(QuestionsLost, match="2 of 5"):
        whole(result)


def test_grown_vectors_are_the_real_ones_then_near_copies(index: Index, tmp_path: Path) -> None:
    real = real_vectors(index, 10)
    vectors = grown(real, 25, tmp_path / "vectors")
    assert np.array_equal(vectors[:10], real)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines = (vectors[10:20] * real).sum(axis=1)
    assert ((cosines > 0.8) & (cosines < 0.97)).all()


def test_latencies_are_named_with_their_unit() -> None:
    figures = latencies("alone", "one at a time", list(np.arange(1, 101, dtype=float)))
    assert [figure.name for figure in figures] == ["alone_p50_ms", "alone_p95_ms", "alone_p99_ms"]
    assert figures[0].value == pytest.approx(50.5)
    assert whole(Load([1.0], 0, 1.0, 0.1, 10)).lost == 0


def test_examples_suite_runs_programs_in_every_way(settings: Settings, index: Index) -> None:
    bench = Bench(settings, index, Questions(index), True, lambda stage, done, total: None)
    figures = {figure.name: figure.value for figure in SUITES["examples"](bench)}
    assert 0 < figures["warm_run_p50_ms"] < figures["python_start_p50_ms"]
    assert figures["times_quicker"] > 1
    assert figures["http_run_p50_ms"] > 0
    assert figures["batch_runs_per_second"] > 1
    assert 0 < figures["verify_seconds"] < 60

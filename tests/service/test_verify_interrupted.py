"""`askmd verify` that is stopped keeps what is known by then, whatever stops it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from service.__main__ import main

NOTES = """```python
print(1)  # -> 1
```

```python clock=real
import time
time.sleep(60)
```
"""
PATIENCE_SECONDS = 60


def kept(ledger: Path) -> int:
    """Count the results in a ledger that another process writes."""
    if not ledger.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # it is being made


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_verify_that_is_stopped_keeps_its_results(
    how: signal.Signals, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "page.md").write_text(NOTES)
    monkeypatch.setenv("ASKMD_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ASKMD_RUN_TIMEOUT_SECONDS", "120")
    command = [sys.executable, "-m", "service", "verify", "--notes", str(notes)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        signal.signal(signal.SIGINT, before)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not kept(tmp_path / "data" / "ledger.sqlite3") and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(how)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code
    assert kept(tmp_path / "data" / "ledger.sqlite3") == 1
    (notes / "page.md").write_text(NOTES.partition("```python clock")[0])
    monkeypatch.setattr("service.examples.ExampleRunner.run", None)  # a result that is known is not run again
    assert main(["verify", "--notes", str(notes)]) == 0
    assert "1 examples: 1 ok" in capsys.readouterr().out

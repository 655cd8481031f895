"""`askmd mcp` as a process: what it writes, how it ends, and what nonsense on its input does."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from tests.service.servers import Server
from tests.service.tools.conftest import standard_streams

VERSION = "2025-06-18"
HELLO = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
OPENING = (
    {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
)


def started(server: Server) -> subprocess.Popen[str]:
    how = standard_streams(server)
    return subprocess.Popen(
        [how.command, *how.args],
        cwd=how.cwd,
        env={**os.environ, **(how.env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines(*messages: Any) -> str:
    return "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in messages)


def test_stdio_nonsense_is_passed_over_and_the_end_of_input_ends_it(server: Server) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    nonsense = ("{", "[]", "", "\x00\x1b[31m", "x" * 100_000, '{"jsonrpc": "2.0"}')
    with started(server) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines(*OPENING, *nonsense, asked))
        process.stdin.flush()
        written: list[dict[str, Any]] = []
        while not any(each.get("id") == 1 for each in written):
            written.append(json.loads(process.stdout.readline()))
        rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert all(json.loads(line) for line in rest.splitlines()), "standard output holds messages and nothing else"
    assert len(written[-1]["result"]["tools"]) == 5
    assert "Traceback" not in errors


def test_stdio_client_that_leaves_during_a_call_ends_it(server: Server) -> None:
    call = {"name": "askQuestion", "arguments": {"question": "At which temperature does water boil?"}}
    with started(server) as process:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        _, errors = process.communicate(lines(*OPENING, asked), timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors

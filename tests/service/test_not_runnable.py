"""What can't run says why, and what may run is left to the run."""

from __future__ import annotations

import pytest

from service.assembling import Assembly, assemble
from tests.service.python_pages import assemble_last, page_examples


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import aiohttp", "needs package aiohttp"),
        ("def f():\n    from rich.console import Console\n    return Console", "needs package rich"),
        ("from . import sibling", "fragment: `.` is an import relative to a package"),
        ("x = (1", "syntax error on line 1: '(' was never closed"),
        ("return 1", "fragment: 'return' outside function on line 1"),
        ("f(name='x', ...)", "fragment: `...` on line 1 stands for code that was left out"),
        (
            "routes = [\n    ...\n    g(),\n]\nx(a=1, ...)",
            "fragment: `...` on line 2 stands for code that was left out",
        ),
        ("x = '...' y", "syntax error on line 1: invalid syntax"),
        ('{"name": "Bar", "tags": [1, -2.5]}', "the block holds data only"),
        ("name = input('Name: ')", "needs input"),
        ("import urllib.request\nurllib.request.urlopen('https://example.org/x')", "needs network: example.org"),
        ("import asyncio\nasyncio.open_connection('127.0.0.1', 80)", "needs a service at 127.0.0.1"),
        ("with open('notes.txt') as f:\n    print(f.read())", "needs the file notes.txt"),
        ("from pathlib import Path\nprint(Path('a/b.txt').read_text())", "needs the file a/b.txt"),
        ("print(a, b)", "fragment: names `a`, `b` are defined nowhere before it on the page"),
        ("x = 1\n...", "fragment: `...` on line 2 stands for code that was left out"),
        ("async def main():\n    ...", "fragment: the body of `main` was left out"),
        ("#" * 200_001, "longer than 200,000 characters"),
        ("# nothing but a remark", "the block holds comments only"),
        (">>> if x:\n...y", "the lines of the session don't fit together"),
    ],
)
def test_block_that_cannot_run_says_why(code: str, reason: str) -> None:
    assembly = assemble_last(code)
    assert (assembly.program, assembly.reason) == (None, reason)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import uvloop\nexcept ImportError:\n    uvloop = None\nprint(uvloop)",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\nprint(1)",
        "import urllib.request\ntry:\n    urllib.request.urlopen('https://example.org')\nexcept OSError:\n    pass",
        "import asyncio\nasyncio.start_server(print, port=80)\nasyncio.open_connection('127.0.0.1', 80).close()",
        "import os\nprint(open('..'), os.listdir('.'))",
        "x = {'a': 1}",
        "open('x.txt', 'w').write('1')\nprint(open('x.txt').read())",
        "def load():\n    return open('x.txt')\nprint(1)\ntry:\n    open('y.txt')\nexcept OSError:\n    pass",
        "from typing import Protocol\nclass P(Protocol):\n    def f(self) -> int: ...\nprint(P)",
        "from math import *\nprint(floor(2.5))",
        "def f(): ...\nprint(f())  # -> None",
    ],
)
def test_doubt_is_left_to_the_run(code: str) -> None:
    assert assemble_last(code).program is not None


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ("python no-run", "marked no-run"),
        ("python {test='skip'}", "marked skip"),
        ("python requires=9.1", "needs Python 9.1"),
        (f"python requires={'9' * 5_000}", f"needs Python {'9' * 20}"),
        ("sh", "shell commands are not run"),
        ("", "the block names no language"),
    ],
)
def test_fence_can_say_that_it_does_not_run(info: str, reason: str) -> None:
    (example,) = page_examples(f"```{info}\nprint(1)\n```\n")
    assert assemble(example).reason == reason


def test_syntax_error_that_is_expected_runs() -> None:
    (example,) = page_examples("```python expect-error=SyntaxError\nprint 1\n```\n")
    assert assemble(example) == Assembly("print 1\n", expects_error="SyntaxError")


def test_stated_traceback_expects_its_error() -> None:
    stated = "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero"
    text = f"```python\n1 / 0\n```\n\n```text\n{stated}\n```\n"
    (example,) = page_examples(text)
    assert assemble(example).expects_error == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("const x = require('left-pad');", "needs package left-pad"),
        ('import { a } from "@scope/name/deep";', "needs package @scope/name"),
        ("import './local.mjs';", "needs the file ./local.mjs"),
        ("const y = await import(`https://x.org/a.js`);", "needs network: https://x.org/a.js"),
        ("const fs = require('fs/promises'); import path from 'node:path';", ""),
        ("// require('left-pad')\nconsole.log('import \"x\"', module.require('y'), Buffer.from('z'));", ""),
    ],
)
def test_script_runs_unless_it_needs_what_is_not_there(code: str, reason: str) -> None:
    (example,) = page_examples(f"```js\n{code}\n```\n")
    assert assemble(example).reason == reason

"""Assembling is tested on pages of Markdown, as notes have it; a program is run where running is what is promised."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from corpus.sections import split_sections
from service.assembling import Assembly, assemble


def page_examples(text: str) -> tuple[Example, ...]:
    parsed = parse_page(Page("page.md", "Page", text))
    return extract_examples(parsed, split_sections(parsed))


def python_page(*blocks: str) -> tuple[Example, ...]:
    return page_examples("\n".join(f"```python\n{block}\n```\n\nSome words.\n" for block in blocks))


def assemble_last(*blocks: str) -> Assembly:
    examples = python_page(*blocks)
    return assemble(examples[-1], examples)


def output_of(assembly: Assembly) -> str:
    """Run a program that this file wrote itself."""
    command = [sys.executable, "-I", "-c", assembly.program or "raise SystemExit('no program')"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# What runs as it stands


def test_complete_block_runs_unchanged() -> None:
    examples = python_page("import asyncio\n\nasync def main():\n    print(1)\n\nasyncio.run(main())")
    assembly = assemble(examples[0], examples)
    assert assembly == Assembly(examples[0].code)


def test_sync_definitions_run_as_they_are() -> None:
    assembly = assemble_last("def add(a, b):\n    return helper(a) + b")
    assert assembly.program == "def add(a, b):\n    return helper(a) + b\n"
    assert assembly.added == ()


def test_foreign_block_comment_is_left_out() -> None:
    assert assemble_last("print(1)\n/**\n1\n**/").program == "print(1)\n"


# What is borrowed


def test_missing_definition_comes_from_the_closest_earlier_block() -> None:
    assembly = assemble_last(
        "def greet():\n    return 'old'", "def greet():\n    return 'new'\nprint('not this')", "print(greet())"
    )
    assert [(each.what, each.lines) for each in assembly.added] == [("definition", "page.md:9-10")]
    assert output_of(assembly) == "new\n"


def test_borrowed_definition_brings_what_it_needs() -> None:
    assembly = assemble_last(
        "from math import floor as down, ceil\nimport aiohttp, time",
        "BASE = 2.5\n\ndef base():\n    return down(BASE)",
        "print(base())",
    )
    assert [each.code.partition("\n")[0] for each in assembly.added] == [
        "from math import floor as down",
        "BASE = 2.5",
        "def base():",
    ]
    assert output_of(assembly) == "2\n"


def test_later_block_lends_nothing() -> None:
    examples = python_page("print(name)", "name = 1")
    assert assemble(examples[0], examples).reason == "fragment: name `name` is defined nowhere before it on the page"


def test_block_of_another_group_lends_nothing() -> None:
    text = "```python group=a\nx = 1\n```\n\n```python group=b\nx = 2\n```\n\n```python group=a\nprint(x)\n```\n"
    examples = page_examples(text)
    assert output_of(assemble(examples[2], examples)) == "1\n"


def test_names_of_the_block_itself_are_not_borrowed() -> None:
    assembly = assemble_last("def f():\n    return 'theirs'", "def f():\n    return 'ours'\nprint(f())")
    assert assembly.added == ()


def test_session_lends_its_definitions() -> None:
    assert output_of(assemble_last(">>> x = 20\n>>> x + 1\n21", "print(x * 2)")) == "40\n"


def test_future_import_stays_first() -> None:
    assembly = assemble_last("def f():\n    return 1", "from __future__ import annotations\nprint(f())")
    assert output_of(assembly) == "1\n"


# What the standard library has


def test_missing_standard_import_is_added() -> None:
    assembly = assemble_last("print(math.floor(1.5), os.path.basename('a/b'), concurrent.futures.Future.__name__)")
    assert [each.code for each in assembly.added] == ["import concurrent.futures", "import math", "import os"]
    assert output_of(assembly) == "1 b Future\n"


def test_page_wins_over_a_module_of_the_same_name() -> None:
    assert output_of(assemble_last("queue = [1, 2]", "print(queue.pop())")) == "2\n"


@pytest.mark.parametrize(
    "code", ["queue.put_nowait(1)", "print(time)", "sleep(1)", "antigravity.fly()", "time.nothing()"]
)
def test_name_that_only_looks_like_a_module_is_a_fragment(code: str) -> None:
    assert assemble_last(code).reason.startswith("fragment: name ")


# What has to be called


def test_coroutine_that_is_only_defined_is_called() -> None:
    assembly = assemble_last("async def main():\n    await asyncio.sleep(0)\n    print('ran')")
    assert [(each.what, each.code) for each in assembly.added] == [
        ("import", "import asyncio"),
        ("call", "asyncio.run(main())"),
    ]
    assert output_of(assembly) == "ran\n"


def test_last_coroutine_without_arguments_is_called_when_there_is_no_main() -> None:
    code = "async def first():\n    print(1)\n\nasync def second(x=0, *y):\n    print(2)\n\nasync def c(x):\n    pass"
    assert output_of(assemble_last(code)) == "2\n"


@pytest.mark.parametrize(
    "code",
    [
        "async def numbers():\n    yield 1",
        "async def f(x):\n    pass",
        "async def f(*, x):\n    pass",
        "import functools\n@functools.cache\nasync def f():\n    pass",
        "import asyncio\nasync def f():\n    pass\nresult = asyncio.run(f())",
        "import asyncio\nasync def f():\n    pass\nif __name__ == '__main__':\n    asyncio.run(f())",
    ],
)
def test_nothing_is_called_that_was_not_meant_to_be(code: str) -> None:
    assembly = assemble_last(code)
    assert assembly.program == code + "\n"


def test_called_coroutine_needs_its_names() -> None:
    assert assemble_last("async def main():\n    await work()").reason.startswith("fragment: name `work`")


# Await at the top level, and sessions


@pytest.mark.parametrize(
    "code",
    [
        "import asyncio\nawait asyncio.sleep(0)\nprint('done')",
        "import asyncio\nasync def numbers():\n    yield 'done'\nfound = [n async for n in numbers()]\nprint(*found)",
        "import asyncio\nasync with asyncio.timeout(1):\n    text = '''do\\\nne'''\nprint(text)",
    ],
)
def test_await_at_the_top_level_runs(code: str) -> None:
    assert output_of(assemble_last(code)) == "done\n"


def test_error_under_top_level_await_names_the_line_of_the_block() -> None:
    program = assemble_last("import asyncio\nawait asyncio.sleep(0)\n1 / 0").program or ""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert 'File "<example>", line 3' in done.stderr


def test_session_prints_what_a_session_shows() -> None:
    code = (
        ">>> import asyncio\n>>> async def f():\n...     return 'x'\n...\n>>> await f()\n'x'\n"
        ">>> None\n>>> print('y')\ny\n"
        ">>> 1 / 0\nTraceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n"
        ">>> never()  # doctest: +SKIP\n>>> [1,\n...  2]\n[1, 2]"
    )
    lines = output_of(assemble_last(code)).split("\n")
    assert lines[:3] == ["'x'", "y", "Traceback (most recent call last):"]
    assert lines[-3:] == ["ZeroDivisionError: division by zero", "[1, 2]", ""]


def test_session_without_await_needs_no_event_loop() -> None:
    assembly = assemble_last(">>> 1 + 1\n2")
    assert "asyncio" not in (assembly.program or "")
    assert output_of(assembly) == "2\n"


def test_session_ends_at_an_error_that_it_does_not_show() -> None:
    program = assemble_last(">>> print(1)\n1\n>>> 1 / 0\n>>> print(2)\n2").program or ""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "1\n")


# What does not run


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


# JavaScript


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


@pytest.mark.parametrize(
    "code",
    [
        "if " + "+".join(["a"] * 900) + ":\n    import b",
        "\n".join(f"def f{n}():\n    return f{n + 1}()" for n in range(2000)) + "\nf0()",
        "x = " + "[" * 90 + "]" * 90,
        "print(" + ",".join(f"n{n}" for n in range(2000)) + ")",
    ],
)
def test_large_code_is_assembled_quickly(code: str) -> None:
    assemble_last("x = 1", code)


LINES = st.sampled_from(
    [
        *(
            "import asyncio",
            "from . import a",
            "from b import *",
            "global x",
            "del x",
            "x = 1",
            "print(y)",
            "time.sleep",
            "",
        ),
        *("async def f():", "await x", "...", "    ...", "    return 1", "class A:", "def g(): yield", "lambda: z"),
        *(">>> x", "(", ")", "'''"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.lists(LINES, max_size=6).map("\n".join), st.text(max_size=40)), min_size=1, max_size=4))
def test_any_code_is_assembled_without_error(blocks: list[str]) -> None:
    examples = python_page(*blocks)
    for example in examples:
        assembly = assemble(example, examples)
        assert (assembly.program is None) == bool(assembly.reason)


@pytest.mark.parametrize(
    ("code", "added"),
    [
        ("@dataclass\nclass A:\n    x: int\nprint(A(1))", "from dataclasses import dataclass"),
        ("print(datetime.now() - timedelta(days=1))", "from datetime import datetime"),
        ("print(datetime.datetime.now())", "import datetime"),
        ("def f(x: Optional[int] = None): print(x)\nf()", "from typing import Optional"),
        ("print(Counter('aab'))", "from collections import Counter"),
    ],
)
def test_well_known_name_of_the_standard_library_is_imported(code: str, added: str) -> None:
    assembly = assemble_last(code)
    assert added in [each.code for each in assembly.added]
    output_of(assembly)


def test_code_that_is_indented_as_a_whole_runs_at_the_margin() -> None:
    assembly = assemble_last("    for i in range(2):\n        print(i)")
    assert output_of(assembly) == "0\n1\n"


@pytest.mark.parametrize(
    ("blocks", "output"),
    [
        (["def twice(f):\n    return lambda: f() * 2", "@twice\ndef g(): return 2\nprint(g())"], "4\n"),
        (["LIMIT = 3", "class A:\n    values = [n for n in range(LIMIT)]\nprint(A.values)"], "[0, 1, 2]\n"),
        (["n = 1\n\ndef up():\n    global n\n    n += 1", "up()\nprint(n)"], "2\n"),
        (["def up():\n    global made\n    made = 5", "up()\nprint(made)"], "5\n"),
        (["if True:\n    mode = 'a'\nelse:\n    mode = 'b'", "print(mode)"], "a\n"),
        (["try:\n    import nowhere\nexcept ImportError:\n    nowhere = None", "print(nowhere)"], "None\n"),
        (["def main():\n    print('ran')", "if __name__ == '__main__':\n    main()"], "ran\n"),
        (["def f(): return 1", "def f(): return g() + 1\n\ndef g(): return 5", "print(f())"], "6\n"),
        (["x = 1", "x = x + 1", "print(x)"], "2\n"),
        (
            ["rows = [1, 2]", "print(sum(row for row in rows), {row: rows for row in rows})"],
            "3 {1: [1, 2], 2: [1, 2]}\n",
        ),
        (["from math import *", "def area(r): return floor(r)", "print(area(2.5))"], None),
    ],
)
def test_names_are_resolved_as_python_does(blocks: list[str], output: str | None) -> None:
    assembly = assemble_last(*blocks)
    if output is None:
        assert assembly.reason == "fragment: name `floor` is defined nowhere before it on the page"
    else:
        assert output_of(assembly) == output


def test_what_earlier_blocks_do_to_a_value_can_be_followed() -> None:
    blocks = ["items = []\nitems.append(1)\nprint('not', items)", "n = 2\nitems.append(n)", "print(items)  # -> [1, 2]"]
    assembly = assemble_last(*blocks)
    assert output_of(assembly) == "[]\n"
    assert assembly.chained is not None
    assert output_of(assembly.chained) == "[1, 2]\n"
    assert [each.what for each in assembly.chained.added] == [
        "definition",
        *["statement"] * 2,
        "definition",
        "statement",
    ]


def test_block_whose_values_nothing_works_on_has_nothing_to_follow() -> None:
    assert assemble_last("x = 1", "print(2)", "print(x)").chained is None

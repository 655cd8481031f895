"""Assembling is tested on pages of Markdown, as notes have it; a program is run where running is what is promised."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.assembling import Assembly, assemble
from tests.service.python_pages import assemble_last, output_of, python_page


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


def test_code_that_is_indented_as_a_whole_runs_at_the_margin() -> None:
    assembly = assemble_last("    for i in range(2):\n        print(i)")
    assert output_of(assembly) == "0\n1\n"


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

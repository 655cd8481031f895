"""A program's name can be anything; the file it is run as has a plain one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sandbox.languages import JAVASCRIPT, LANGUAGES, NAME_CHARACTERS, PYTHON
from service.sandbox.limits import MEBIBYTE, Limits


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gather.py", "gather.py"),
        ("notes/tasks/gather.py", "gather.py"),
        ("../../etc/passwd", "example.py"),
        ("", "example.py"),
        (".py", "example.py"),
        ("-c.py", "example.py"),
        ("two words.py", "example.py"),
        ("x" * 200 + ".py", "example.py"),
    ],
)
def test_python_program_gets_a_plain_name(name: str, expected: str) -> None:
    assert PYTHON.program_name(name, "") == expected


@given(st.text(max_size=150))
def test_any_name_gives_a_file_in_the_folder(name: str) -> None:
    for language in LANGUAGES.values():
        chosen = language.program_name(name, "")
        assert NAME_CHARACTERS.issuperset(chosen)
        assert chosen.endswith(language.suffixes)
        assert not chosen.startswith((".", "-"))


def test_javascript_module_gets_the_module_suffix() -> None:
    assert JAVASCRIPT.program_name("a.js", "import 'fs'") == "a.mjs"
    assert JAVASCRIPT.program_name("a.js", "require('fs')") == "a.js"
    assert JAVASCRIPT.program_name("a.cjs", "await f()") == "a.cjs"
    assert JAVASCRIPT.program_name("example.py", "await f()") == "example.mjs"


def test_node_gets_the_processes_it_needs_and_a_heap_limit() -> None:
    limits = JAVASCRIPT.limits(Limits())
    assert limits.processes == 48
    assert "--max-old-space-size=128" in JAVASCRIPT.command("node", "/a.js", limits)
    assert limits.memory_bytes == 512 * MEBIBYTE


def test_python_gets_the_common_limits() -> None:
    assert PYTHON.limits(Limits()) == Limits()

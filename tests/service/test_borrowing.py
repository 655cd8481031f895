"""What a block lacks comes from earlier blocks of its page, or from the standard library."""

from __future__ import annotations

import pytest

from service.assembling import assemble
from tests.service.python_pages import assemble_last, output_of, page_examples, python_page


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

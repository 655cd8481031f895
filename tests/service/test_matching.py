"""What a run printed against what the notes say."""

from __future__ import annotations

import time

import pytest

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from service.assembling import expected_error
from service.matching import matches_expected
from service.runs import Run
from service.sandbox import Status

TRACE = 'Traceback (most recent call last):\n  File "<example>", line 1, in <module>\n'


def example_of(text: str) -> Example:
    (example,) = extract_examples(parse_page(Page("page.md", "Page", text)), ())
    return example


def matches(text: str, stdout: str, stderr: str = "", status: Status = "ok") -> bool | None:
    example = example_of(text)
    return matches_expected(example, expected_error(example), Run(status, stdout=stdout, stderr=stderr))


def shown(output: str, lead: str = "") -> str:
    return f"```python\nrun()\n```\n\n{lead}\n\n```text\n{output}\n```\n"


def commented(*lines: str) -> str:
    return "```python\n" + "\n".join(lines) + "\n```\n"


@pytest.mark.parametrize(
    ("output", "stdout", "expected"),
    [
        ("a\nb", "a\nb\n", True),
        ("a  \nb\n", "a\nb\n\n", True),
        ("  a\n  b", "a\nb\n", True),
        ("a\nb", "b\na\n", False),
        ("a", "a\nb\n", False),
        ("a\nb", "a\n", False),
        ("took ... s", "took 0.31 s\n", True),
        ("a\n...\nz", "a\nb\nc\nz\n", True),
        ("a\n...\nz", "a\nb\nc\n", False),
        ("", "a\n", None),
    ],
)
def test_output_in_a_fence_is_the_whole_output(output: str, stdout: str, expected: bool | None) -> None:
    assert matches(shown(output) if output else commented("run()"), stdout) is expected


def test_output_in_a_fence_may_hold_standard_error_too() -> None:
    assert matches(shown("a\nwarning"), "a\n", "warning\n") is True


def test_approximate_output_is_never_false() -> None:
    text = shown("0.123", "It prints something like this:")
    assert matches(text, "0.123\n") is True
    assert matches(text, "0.456\n") is None


def test_failed_run_does_not_match_even_with_the_right_output() -> None:
    assert matches(shown("a"), "a\n", TRACE + "ValueError: x\n", "error") is False
    assert matches(shown("a"), "a\n", "", "timeout") is False


@pytest.mark.parametrize("status", ["not_runnable", "sandbox_unavailable", "sandbox_error"])
def test_what_was_not_run_neither_matches_nor_fails(status: Status) -> None:
    assert matches(shown("a"), "", "", status) is None


def test_failed_run_of_a_block_that_states_nothing_is_not_compared() -> None:
    assert matches(commented("run()"), "", TRACE + "ValueError: x\n", "error") is None


@pytest.mark.parametrize(
    ("lines", "stdout", "expected"),
    [
        (["print(1)  # -> 1", "print(2)", "print(3)  # -> 3"], "1\n2\n3\n", True),
        (["print(1)  # -> 1", "print(3)  # -> 3"], "3\n1\n", False),
        (["print(1)  # -> 1", "print(1)  # -> 1"], "1\n", False),
        (["print('a')  # -> 'a'"], "a\n", True),
        (["print(1)  # -> 1 (the first)"], "1\n", True),
        (["print(12)  # -> 1"], "12\n", False),
        (["for i in range(3): print(i)  # -> 0 1 2"], "0\n1\n2\n", True),
        (["for i in range(3): print(i)  # -> 0, 1, 3"], "0\n1\n2\n", False),
        (["print(x)  # -> took ... s"], "took 2 s\n", True),
        (["def f():", "    print(2)  # -> 2", "print(1)  # -> 1", "f()"], "1\n2\n", True),
        (["def f():", "    print(1)  # -> 1", "    print(2)  # -> 2", "f()"], "2\n1\n", False),
        (["print(1)", "print(2)", "# Output:", "# 1", "# 2"], "1\n2\n", True),
        (["print(1)", "print(2)", "# Output:", "# 1"], "1\n2\n", False),
        (["print(1)  # -> 1"], "", False),
    ],
)
def test_values_in_comments_are_printed_lines_in_their_order(lines: list[str], stdout: str, expected: bool) -> None:
    assert matches(commented(*lines), stdout) is expected


def test_traceback_matches_without_its_inner_lines() -> None:
    stated = 'before\nTraceback (most recent call last):\n  File "x.py", line 9\nValueError: no'
    assert matches(shown(stated), "before\n", TRACE + "ValueError: no\n", "error") is True
    assert matches(shown(stated), "before\n", TRACE + "ValueError: yes\n", "error") is False
    assert matches(shown(stated), "before\n", "", "ok") is False


@pytest.mark.parametrize(
    ("name", "stderr", "expected"),
    [
        ("TypeError", TRACE + "TypeError: no\nsecond line\n", True),
        ("TypeError", TRACE + "ValueError: TypeError: no\n", False),
        ("TypeError", TRACE + "TypeError: a\n\nDuring handling of it:\n\n" + TRACE + "KeyError: 'b'\n", False),
        ("JSONDecodeError", TRACE + "json.decoder.JSONDecodeError: x\n", True),
        ("asyncio.TimeoutError", TRACE + "TimeoutError\n", True),
        (
            "ExceptionGroup",
            "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: x (1 sub)\n",
            True,
        ),
        ("SyntaxError", '  File "e.py", line 1\n    print 1\n    ^^\nSyntaxError: Missing parentheses\n', True),
        ("RangeError", "e.js:1\n\nRangeError: far\n    at e.js:1:2\n\nNode.js v20.20.2\n", True),
        ("SystemExit", "", True),
    ],
)
def test_expected_error_is_the_one_that_ended_the_run(name: str, stderr: str, expected: bool) -> None:
    text = f"```python expect-error={name}\nrun()\n```\n"
    assert matches(text, "", stderr, "error") is expected


def test_expected_error_that_does_not_come_is_a_failure() -> None:
    assert matches("```python expect-error\nrun()\n```\n", "", "", "ok") is False
    assert matches("```python expect-error\nrun()\n```\n", "", TRACE + "KeyError: 1\n", "error") is True


def test_session_may_ask_for_white_space_to_be_normalized() -> None:
    text = "```pycon\n>>> x  # doctest: +NORMALIZE_WHITESPACE\n[1,\n 2]\n```\n"
    assert matches(text, "[1, 2]\n") is True


def test_session_of_node_may_leave_undefined_out() -> None:
    text = "```js\n> const a = [1]\n> a\n[1]\n```\n"
    assert matches(text, "undefined\n[ 1 ]\n") is True
    assert matches(text, "undefined\n[ 2 ]\n") is False


def test_long_value_beside_many_lines_is_compared_in_no_time() -> None:
    stated = "[(" * 20_000
    start = time.thread_time()
    assert matches(f"```python\nprint(1)  # -> {stated}\n```\n", "\n" * 20_000) is False
    assert time.thread_time() - start < 5

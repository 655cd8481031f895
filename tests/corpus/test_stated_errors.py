"""An error that a comment announces is one that ends the block, with the name that the comment gives."""

from __future__ import annotations

import pytest

from corpus.claims import code_claims
from corpus.stated_errors import StatedError, stated_error


@pytest.mark.parametrize(
    ("language", "code", "error"),
    [
        ("python", "int('x')  # raises ValueError", StatedError("ValueError", 0)),
        ("python", "int('x')  # ValueError: invalid literal", StatedError("ValueError", 0)),
        ("python", "int('x')\n# -> ValueError", StatedError("ValueError", 1)),
        ("python", "int('x')  # Raises a `ValueError` here", StatedError("ValueError", 0)),
        ("python", "say_hi()  # Oh, no, this throws an error!", StatedError("*", 0)),
        ("python", "json.loads('{')  # json.JSONDecodeError", StatedError("json.JSONDecodeError", 0)),
        ("python", "try:\n    int('x')  # raises ValueError\nexcept ValueError:\n    pass", None),
        ("python", "def f():\n    raise ValueError  # raises ValueError", None),
        ("python", "with suppress(ValueError):\n    int('x')  # raises ValueError", None),
        ("python", "x = 1\n# raises ValueError\ntry:\n    int('x')\nexcept ValueError:\n    pass", None),
        ("python", "int('x')\n# raises ValueError\n\nprint(1)", StatedError("ValueError", 1)),
        ("python", "check(5)  # no longer raises an error", None),
        ("python", "f()  # TypeError: f() got no argument", StatedError("TypeError", 0)),
        ("python", "check(5)  # raises ValueError if it is negative", None),
        ("python", "class MyError(Exception): pass  # MyError: ours", None),
        ("python", "print(1)  # an error would be raised", None),
        ("python", "x = 1  # the ValueError of before", None),
        ("python", "int('x'  # raises ValueError", None),
        ("javascript", "buf.read(9);\n// Throws ERR_OUT_OF_RANGE.", StatedError("ERR_OUT_OF_RANGE", 1)),
        ("javascript", "assert(0);\n// AssertionError: 1 != 2\n//\n// 1", StatedError("AssertionError", 1)),
        ("javascript", "p.catch(f); // throws TypeError", None),
        ("javascript", "try { f() } catch {} // throws TypeError", None),
        ("rust", "f() // raises ValueError", None),
    ],
)
def test_comment_that_names_an_error_counts_where_nothing_handles_it(
    language: str, code: str, error: StatedError | None
) -> None:
    assert stated_error(language, code) == error


def test_values_below_an_error_that_ends_the_code_are_not_claimed() -> None:
    code = "print(1)  # -> 1\nint('x')  # raises ValueError\nprint(2)  # -> 2"
    assert [claim.text for claim in code_claims("python", code)] == ["1"]

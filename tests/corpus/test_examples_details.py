"""The parts that examples are read with: info strings, comments, HTML, JavaScript's words, and leads to an output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.annotations import comment_annotations, read_info
from corpus.claims import code_claims
from corpus.comments import code_comments
from corpus.html_code import pre_blocks
from corpus.languages import canonical_language
from corpus.outputs import leads_to_output, stated_output
from corpus.python_code import LARGEST_CODE, compile_python, parse_python


@pytest.mark.parametrize(
    ("info", "language", "title"),
    [
        ("", "", ""),
        ("  PY  ", "python", ""),
        ("c++", "cpp", ""),
        ("js {1,3-5}", "javascript", ""),
        ("{.python .numberLines}", "python", ""),
        ("{python, echo=FALSE}", "python", ""),
        ("{eval-rst}", "eval-rst", ""),
        ("python title='a b.py' linenums=\"1\"", "python", "a b.py"),
        ('hl_lines="4"', "", ""),
        ("rust,ignore", "rust", ""),
        ("unknown-Language", "unknown-language", ""),
    ],
)
def test_info_string_gives_language_and_title(info: str, language: str, title: str) -> None:
    read = read_info(info)
    assert (read.language, read.title) == (language, title)


@pytest.mark.parametrize(
    ("comment", "annotations"),
    [
        ("<!-- askmd: no-run -->", {"no-run": ""}),
        ("<!-- askmd: expect-error=ValueError timeout=3 -->", {"expect-error": "ValueError", "timeout": "3"}),
        ("<!--pytest.mark.skip-->", {"skip": ""}),
        ('<!--pytest.mark.skipif(sys.platform == "win32", reason="no")-->', {"skip": ""}),
        ("<!--pytest-codeblocks:expect-error-->", {"expect-error": ""}),
        ("<!-- no_run -->", {"no-run": ""}),
        ("<!-- skip this paragraph -->", {}),
        ("<!-- eslint-skip -->", {}),
        ("<!-- -->", {}),
    ],
)
def test_comment_before_a_block_says_how_it_runs(comment: str, annotations: dict[str, str]) -> None:
    assert comment_annotations(comment) == annotations


@pytest.mark.parametrize(
    "prose",
    ["Output:", "**Output**", "It prints:", "You will see:", "Which displays the following:", "Result", "Prints:"],
)
def test_short_announcement_leads_to_output(prose: str) -> None:
    assert leads_to_output(prose)


@pytest.mark.parametrize(
    "prose", ["", "See also:", "The output is explained in the next section.", "It prints: " + "many words " * 20 + ":"]
)
def test_other_prose_does_not_lead_to_output(prose: str) -> None:
    assert not leads_to_output(prose)


def test_claims_know_the_function_they_stand_in() -> None:
    code = "def f():\n    print(2)  # -> 2\n\nprint(1)  # -> 1\nf()\n"
    assert [(claim.text, claim.scope) for claim in code_claims("python", code)] == [("2", 1), ("1", 0)]


def test_claims_of_other_languages_are_not_read() -> None:
    assert code_claims("ruby", "puts 1 # => 1\n") == ()


def test_code_that_is_too_long_states_nothing() -> None:
    assert stated_output("python", "print(1)  # -> 1\n" + "#" * LARGEST_CODE, 1) is None
    with pytest.raises(SyntaxError, match="longer than"):
        parse_python("#" * (LARGEST_CODE + 1))


@pytest.mark.parametrize("code", ["(" * 5000, "x\x00", "\ud800", "-" * 100_000 + "1", "print 1"])
def test_code_that_cannot_be_parsed_is_a_syntax_error(code: str) -> None:
    with pytest.raises(SyntaxError):
        parse_python(code)


def test_odd_escape_gives_no_warning() -> None:
    parse_python("'\\d'")
    compile_python("await '\\d'")


def test_language_names_have_one_canonical_form() -> None:
    assert [canonical_language(word) for word in ("JS", "node", "pycon", "zsh", "brainfuck")] == [
        "javascript",
        "javascript",
        "python",
        "shell",
        "brainfuck",
    ]


def test_comments_of_a_script_are_found_beside_strings_and_patterns() -> None:
    code = 'a = /"/; b = c / d; // e\n`x // ${y /* z */}`; /* f */\n  // g\n"// h"'
    comments = code_comments("javascript", code)
    assert [tuple(comment) for comment in comments] == [(0, "// e", False), (2, "// g", True)]


@given(st.text(st.sampled_from("/*`'\"\\$a {}[]()\n=;"), max_size=60))
def test_comments_of_any_script_stand_on_their_lines(code: str) -> None:
    for comment in code_comments("javascript", code):
        assert comment.text in code.split("\n")[comment.line]


@given(st.text(st.sampled_from("<>/pre code![]&#;-='\"\n"), max_size=80))
def test_any_html_is_read_without_error(html: str) -> None:
    for block in pre_blocks(html):
        assert 0 <= block.first_line <= block.last_line <= html.count("\n")


@given(st.text(max_size=200))
def test_any_info_string_and_comment_is_read_without_error(text: str) -> None:
    read_info(text)
    comment_annotations(text)


@given(
    st.text(st.sampled_from("#/->=:> printsOutput\n1'\"()*"), max_size=100),
    st.sampled_from(["python", "javascript", ""]),
)
def test_any_code_states_its_output_without_error(code: str, language: str) -> None:
    expected = stated_output(language, code, 10)
    assert expected is None or 10 <= expected.start_line <= expected.end_line <= 10 + code.count("\n")

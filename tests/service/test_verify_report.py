"""What `askmd verify` says of an example: its verdict, its line in the report, its test case in JUnit's XML."""

from __future__ import annotations

from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from corpus.document import Example, Page
from corpus.examples import extract_examples
from corpus.markdown import parse_page
from service.assembling import assemble
from service.error_lines import error_line
from service.junit import junit_xml
from service.runs import ProvenExample, Run
from service.verdicts import Verdict, verdict_of

REFUSED = Run("not_runnable", "needs package aiohttp")


def example_of(text: str) -> Example:
    return extract_examples(parse_page(Page("guide/page.md", "Page", text)), ())[0]


def proven(info: str = "python", run: Run | None = None, code: str = "print(1)") -> ProvenExample:
    example = example_of(f"```{info}\n{code}\n```\n\n```text\n1\n```\n")
    return ProvenExample(example, assemble(example), run)


@pytest.mark.parametrize(
    ("each", "verdict"),
    [
        (proven(run=Run("ok", stdout="1\n", matches_expected=True)), "ok"),
        (proven(run=Run("ok", stdout="2\n", matches_expected=False)), "mismatch"),
        (proven(run=Run("timeout")), "failed"),
        (proven(run=Run("error", matches_expected=True)), "ok"),
        (proven(run=Run("sandbox_unavailable")), "not runnable"),
        (proven(run=Run("sandbox_error")), "failed"),
        (proven(run=REFUSED), "undeclared"),
        (proven("js", REFUSED), "undeclared"),
        (proven("python no-run", REFUSED), "not runnable"),
        (proven("python {test='skip'}", REFUSED), "not runnable"),
        (proven("yaml", REFUSED), "not runnable"),
        (proven("", REFUSED), "not runnable"),
    ],
)
def test_verdict_says_what_a_run_means_for_the_notes(each: ProvenExample, verdict: Verdict) -> None:
    assert verdict_of(each) == verdict


CASES = [
    proven(run=Run("ok", stdout="1\n", duration_ms=1500.0, matches_expected=True)),
    proven(run=Run("ok", stdout="2 ]]> <&>\x1b[31m\x00\ud800\ufffe\n", matches_expected=False)),
    proven(run=Run("error", stderr="Traceback\nValueError: no <water>\n", matches_expected=False)),
    proven(run=REFUSED),
    proven("python no-run", Run("not_runnable", "marked no-run")),
    proven(run=Run("sandbox_error", "The sandbox could not start the program.")),
]


@pytest.mark.parametrize(("strict", "failures", "skipped"), [(False, 2, 2), (True, 3, 1)])
def test_junit_report_is_read_by_a_library_with_the_same_counts(
    strict: bool, failures: int, skipped: int, tmp_path: Path
) -> None:
    file = tmp_path / "report.xml"
    file.write_text(junit_xml(CASES, strict=strict), encoding="utf-8")
    report = JUnitXml.fromfile(str(file))
    (suite,) = report
    cases = [case for case in suite if isinstance(case, TestCase)]
    results = [result for case in cases for result in case.result]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (6, failures, 1, skipped)
    assert sum(isinstance(result, Failure) for result in results) == failures
    assert sum(isinstance(result, Skipped) for result in results) == skipped
    assert [result.type for result in results if isinstance(result, Error)] == ["sandbox_error"]
    assert [case.name for case in cases] == ["guide/page.md:2-2"] * 6
    assert cases[0].time == 1.5
    assert "the notes say:\n1\n\nit printed:\n2 ]]> <&>\ufffd[31m" in cases[1].result[0].text


def test_junit_failure_names_the_error() -> None:
    assert 'message="error: ValueError: no &lt;water&gt;"' in junit_xml(CASES)


def test_junit_report_of_no_examples_is_an_empty_suite(tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    file.write_text(junit_xml([]))
    assert [suite.tests for suite in JUnitXml.fromfile(str(file))] == [0]


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        ("", ""),
        ("Traceback (most recent call last):\n  File x\nValueError: a: b\n", "ValueError: a: b"),
        ("x\nasyncio.exceptions.CancelledError\n", "asyncio.exceptions.CancelledError"),
        (
            "/a.js:1\nx\n^\n\nReferenceError: x is not defined\n    at a\n\nNode.js v20\n",
            "ReferenceError: x is not defined",
        ),
        ("\nTypeError [ERR_X]: no\n  code: 'ERR_X'\n}\n", "TypeError [ERR_X]: no"),
        ("nothing known\nlast\n", "last"),
        ("A" * 1000, "A" * 300),
    ],
)
def test_error_line_is_the_one_that_names_the_error(stderr: str, line: str) -> None:
    assert error_line(stderr) == line

"""The report on the examples as JUnit XML, which CI services read: one test case an example, named `path:lines`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from service.error_lines import error_line
from service.runs import ProvenExample
from service.verdicts import FAILING, FAILING_STRICT, Verdict, verdict_of

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(proven: Sequence[ProvenExample], *, strict: bool = False) -> str:
    """Return the report as an XML document; with `strict` an example that can't run and is not marked so fails."""
    failing = FAILING_STRICT if strict else FAILING
    suite = Xml.Element("testsuite", name="askmd verify")
    for each in proven:
        _add_case(suite, each, failing)
    cases = list(suite)
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")}
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    suite.set("skipped", str(counts["skipped"]))
    suite.set("time", f"{sum(_seconds(each) for each in proven):.3f}")
    suites = Xml.Element("testsuites", name="askmd verify")
    suites.append(suite)
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: Xml.Element, proven: ProvenExample, failing: frozenset[Verdict]) -> None:
    example, run, verdict = proven.example, proven.run, verdict_of(proven)
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=_text(example.path),
        name=_text(str(example)),
        file=_text(example.path),
        line=str(example.start_line),
        time=f"{_seconds(proven):.3f}",
    )
    reason = (run.reason or error_line(run.stderr)) if run else "no result is known"
    if run is not None and run.status in ("sandbox_error", "sandbox_unavailable", "killed"):
        Xml.SubElement(case, "error", type=run.status, message=_text(reason))
    elif verdict in failing:
        failure = Xml.SubElement(case, "failure", type=verdict, message=_text(_message(proven, verdict, reason)))
        failure.text = _text(_evidence(proven))
    elif verdict in ("not runnable", "undeclared"):
        Xml.SubElement(case, "skipped", message=_text(reason))
    if run is not None and run.stdout:
        Xml.SubElement(case, "system-out").text = _text(run.stdout)
    if run is not None and run.stderr:
        Xml.SubElement(case, "system-err").text = _text(run.stderr)


def _message(proven: ProvenExample, verdict: Verdict, reason: str) -> str:
    if verdict == "mismatch":
        return "it printed something other than the notes say"
    if verdict == "undeclared":
        return f"it can't run and is not marked no-run: {reason}"
    status = proven.run.status if proven.run else ""
    return f"{status}: {reason}" if reason else status


def _evidence(proven: ProvenExample) -> str:
    if proven.run is None or proven.example.expected is None:
        return proven.run.stderr if proven.run else ""
    return f"the notes say:\n{proven.example.expected.text}\nit printed:\n{proven.run.stdout}{proven.run.stderr}"


def _seconds(proven: ProvenExample) -> float:
    return (proven.run.duration_ms or 0) / 1000 if proven.run else 0.0


def _text(text: str) -> str:
    """Replace the characters that XML has no way to write."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)

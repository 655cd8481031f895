"""Log lines as pairs."""

from __future__ import annotations

import logging
import re
import sys

import pytest

from service.logs import ACCESS, PairFormatter, quoted


@pytest.mark.parametrize(
    ("value", "written"),
    [("plain", "plain"), ("", '""'), ("two words", '"two words"'), ("a\nb", '"a\\nb"'), ('say="x"', '"say=\\"x\\""')],
)
def test_quoted_value_stays_one_token(value: str, written: str) -> None:
    assert quoted(value) == written


def record_of(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    trace = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, (), trace)


def test_format_message_is_one_quoted_value() -> None:
    line = PairFormatter().format(record_of("askmd.state", 'two\nlines and a "quote"'))
    assert re.fullmatch(
        r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=warning logger=askmd\.state "
        r'message="two\\nlines and a \\"quote\\""',
        line,
    )


def test_format_access_line_is_taken_as_it_is() -> None:
    assert PairFormatter().format(record_of(ACCESS, "method=GET path=/ask")).endswith(" method=GET path=/ask")


def test_format_traceback_follows() -> None:
    try:
        raise ZeroDivisionError("why")
    except ZeroDivisionError:
        error = sys.exc_info()[1]
    text = PairFormatter().format(record_of("askmd.problems", "failed", error))
    assert text.split("\n")[0].endswith("message=failed")
    assert text.endswith("ZeroDivisionError: why")

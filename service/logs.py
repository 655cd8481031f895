"""Log lines as `key=value` pairs on standard error, one a record, so that both people and programs can read them."""

from __future__ import annotations

import json
import logging
import time

ACCESS = "askmd.access"
"""Logger whose messages are pairs already."""


class PairFormatter(logging.Formatter):
    """Writes time (UTC), level, logger and message as pairs; a traceback follows on lines of its own."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the base class's name)
        """Write the line of a record."""
        message = record.message if record.name == ACCESS else f"message={quoted(record.message)}"
        return f"time={self.formatTime(record)} level={record.levelname.lower()} logger={record.name} {message}"


def log_to_standard_error(level: str) -> None:
    """Send every logger's records of this level and above to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(PairFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.getLogger("mcp").setLevel(max(logging.WARNING, logging.getLogger().level))  # it tells each request at info


def quoted(value: object) -> str:
    """Write a log value so that it stays one token: quoted and escaped when it holds more than plain characters."""
    text = str(value)
    plain = text and all("!" <= character <= "~" and character not in '"=\\' for character in text)
    return text if plain else json.dumps(text)

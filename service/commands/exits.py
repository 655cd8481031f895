"""What the exit codes of `askmd` mean, and which error ends in which."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.errors import CorpusError
from index.errors import IndexFault
from service.benchmark.errors import BenchmarkError
from service.errors import FileNotWritable, ServiceError, SettingNotUsable
from service.evaluation.errors import EvaluationError
from service.sandbox.errors import SandboxError

DONE = 0
FAILED = 1
USAGE = 2
NOTHING_TO_READ = 3
NO_SANDBOX = 4
BROKEN_PIPE = 128 + 13
INTERRUPTED = 128 + 2

CODE_OF_ERROR: Mapping[type[Exception], int] = {
    SettingNotUsable: USAGE,
    FileNotWritable: USAGE,
    CorpusError: NOTHING_TO_READ,
    IndexFault: NOTHING_TO_READ,
    SandboxError: NO_SANDBOX,
    EvaluationError: USAGE,
    BenchmarkError: FAILED,
    ServiceError: FAILED,
}

EXIT_CODES = """exit codes:
  0    done; for ask: answered; for verify: every example ended as it should
  1    what was asked for failed: no answer in the notes, an example that fails, an address in use,
       a recall below the floor
  2    an argument or a setting cannot be used, or a file cannot be written
  3    the notes or the index are missing or do not fit; the message says what to do
  4    there is no sandbox to run examples in
  130  stopped by Ctrl-C"""


def code_of(error: Exception) -> int | None:
    """Return the exit code of an error that has a message for people; None for a failure of ours."""
    return next((CODE_OF_ERROR[parent] for parent in type(error).__mro__ if parent in CODE_OF_ERROR), None)

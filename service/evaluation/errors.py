"""Errors of evaluation.

EvaluationError
└── SetNotReadable   a question set is missing or malformed
"""

from __future__ import annotations

from pathlib import Path


class EvaluationError(Exception):
    """Base of all errors of this package."""


class SetNotReadable(EvaluationError):
    """A question set is missing or malformed."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Can't read the question set {path}: {reason}."
            " Give a .jsonl file of questions, or a folder in the BEIR layout."
        )
        self.path = path

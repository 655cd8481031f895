"""What can go wrong in a benchmark.

BenchmarkError
├── MeasuredServiceFailed   the service that was to be measured did not start, or was not ready
├── LoadFailed              the process that asks the questions broke down
├── QuestionsLost           questions were not answered
└── ProgramNotRun           a program that should print one line did not; perhaps there is no sandbox
"""

from __future__ import annotations


class BenchmarkError(Exception):
    """Nothing could be measured."""


class MeasuredServiceFailed(BenchmarkError):
    """The service did not start, or was not ready."""

    def __init__(self, told: str) -> None:
        self.told = told
        last = told.strip().splitlines()[-1:] or ["it told nothing"]
        super().__init__(f"The service to be measured did not start: {last[0]}")


class LoadFailed(BenchmarkError):
    """The process that asks the questions broke down."""

    def __init__(self, told: str) -> None:
        super().__init__(f"The questions could not be asked: {told.strip()[-300:]}")


class QuestionsLost(BenchmarkError):
    """Questions were not answered with 200."""

    def __init__(self, lost: int, asked: int) -> None:
        self.lost = lost
        super().__init__(f"{lost} of {asked} questions were not answered; the service's log may tell why.")


class ProgramNotRun(BenchmarkError):
    """A program that should print one line did not."""

    def __init__(self, status: str, detail: str) -> None:
        self.status = status
        super().__init__(f"A program could not be run: {status}. {detail} `askmd doctor` says more.")

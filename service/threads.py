"""How many threads a computation may take.

Questions are searched for side by side, each on a thread of its own. A second layer of threads inside each matrix
product would gain nothing: its threads spin while they wait for one another, which took more processor time than all
the rest of a question.
"""

from __future__ import annotations

import os

from threadpoolctl import threadpool_limits


def compute_on_one_thread() -> None:
    """Let numpy's matrix products run on the thread that asks for them, for as long as the process lives."""
    threadpool_limits(limits=1, user_api="blas")


def threads_of_question(workers: int) -> int:
    """Return how many threads a question that comes alone may take in each of so many processes: two at most."""
    return min(2, max(1, len(os.sched_getaffinity(0)) // workers))

"""How all examples of an index stand, told without reading them: what was found out once is kept in the ledger.

Large notes hold tens of thousands of examples. What is not known yet is looked up bit by bit, so that who asks first
does not wait for all of it; until then an example counts as not run.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from index.store import Index
from service.examples import ExampleRunner, LookedUp
from service.kept_standings import KeptStandings
from service.standing import Standing, standing_of

LOOKED_UP_AT_ONCE = 100
"""Examples that one call looks up at the most: each takes a millisecond or two."""
STALE_SECONDS = 10.0
"""How old may be what is told while one result comes after the other: reading tens of thousands takes a while."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An example of the notes by its page and its id, and how it stands."""

    path: str
    id: str
    key: bytes
    """Changes with the example's page and with all else that decides how the example stands, but for the results."""
    standing: Standing


class Standings:
    """How the examples of one index stand. Safe for threads; a call may take some milliseconds."""

    def __init__(
        self, index: Index, runner: ExampleRunner, kept: KeptStandings, revision: Callable[[], object] = object
    ) -> None:
        """Take a runner of its own, which has the pages of this very index.

        `revision` returns something else whenever a result may have changed.
        """
        self.index = index
        self.runner = runner
        self.being_filled = False
        """Whether somebody looks up all that is not known yet."""
        self._kept = kept
        self._revision = revision
        self._seen: object = None
        self._unknown: deque[int] = deque()
        """Rows of which nothing is kept, and which were not looked up since."""
        self._counts: dict[str, int] | None = None
        self._fresh_until = 0.0
        self._conditions = ""
        self._places: tuple[Placed, ...] = ()
        self._lock = threading.Lock()

    def read(self) -> tuple[Placed, ...]:
        """Return every example in reading order; at most some of those that are not known are looked up for it."""
        with self._lock:
            return self._read()

    def counts(self) -> dict[str, int]:
        """Return the number of examples by status."""
        with self._lock:
            places = self._read()
            if self._counts is None:
                self._counts = count_by_status(places)
            return self._counts

    def look_up_all(self) -> None:
        """Look up every example that is not known, however long that takes."""
        with self._lock:
            self._refresh()
            while self._unknown:
                self._look_up_some()

    def missing(self) -> list[Placed]:
        """Return the examples of which it is not known how they stand."""
        with self._lock:
            self._seen = None  # also those that were looked up in vain
            self._refresh()
            return [self._places[row] for row in self._unknown]

    def look_up(self, place: Placed) -> LookedUp | None:
        """Look up how an example stands, and keep it where no run is missing; None when it is not in the index."""
        example = self.index.example(place.id)
        if example is None:
            return None
        found = self.runner.look_up(example)
        if found.complete:
            self._kept.keep(place.key, standing_of(found.proven), found.results)
        return found

    def drop_unused(self) -> None:
        """Drop from the ledger what no example has stood on for long; only when all of this index are known."""
        with self._lock:
            self._kept.drop_unused(place.key for place in self._places)

    def _read(self) -> tuple[Placed, ...]:
        self._refresh()
        if not self.being_filled:
            self._look_up_some()
        return self._places

    def _refresh(self) -> None:
        seen = self._revision()
        if self._conditions != self.runner.conditions:
            self._conditions = self.runner.conditions
            self._places = tuple(_places(self.index, self._conditions))
            self._seen, self._fresh_until = None, 0.0
        fresh_enough = self.being_filled and time.monotonic() < self._fresh_until
        if seen != self._seen and not fresh_enough:
            self._fresh_until = time.monotonic() + STALE_SECONDS
            known = self._kept.all()
            nothing = Standing()
            self._places = tuple(
                Placed(place.path, place.id, place.key, known.get(place.key, nothing)) for place in self._places
            )
            self._unknown = deque(row for row, place in enumerate(self._places) if place.key not in known)
            self._seen, self._counts = seen, None

    def _look_up_some(self) -> None:
        if not self._unknown:
            return
        places = list(self._places)
        for _ in range(min(LOOKED_UP_AT_ONCE, len(self._unknown))):
            row = self._unknown.popleft()
            if found := self.look_up(places[row]):
                places[row] = replace(places[row], standing=standing_of(found.proven))
        self._places, self._counts = tuple(places), None


def count_by_status(placed: Iterable[Placed]) -> dict[str, int]:
    """Count examples by the status of their last run."""
    return dict(Counter(each.standing.status for each in placed))


def _places(index: Index, conditions: str) -> Iterator[Placed]:
    """Yield every example with its key, which covers all of its page: an example borrows from those before it."""
    for path, rows in groupby(index.example_rows(), key=itemgetter(0)):
        examples = list(rows)
        page = _digest(conditions.encode(), *(digest for *_, digest in examples))
        for number, (_, identifier, _) in enumerate(examples):
            yield Placed(path, identifier, _digest(page, str(number).encode()), Standing())


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()[:16]

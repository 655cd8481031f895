"""The exchange of an index while requests hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from service.generations import Generation, Generations

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Closing:
    closed: int = 0

    def close(self) -> None:
        self.closed += 1


def a_generation() -> tuple[Generation, Closing]:
    closing = Closing()
    return Generation(cast(Any, closing), cast(Any, Closing()), cast(Any, None), {}), closing


async def test_replace_unused_generation_closes_it_at_once() -> None:
    (old, old_index), (new, new_index) = a_generation(), a_generation()
    generations = Generations(old)
    generations.replace(new)
    assert (old_index.closed, new_index.closed) == (1, 0)
    assert generations.newest is new


async def test_replace_held_generation_is_closed_by_its_last_holder() -> None:
    (old, old_index), (new, _) = a_generation(), a_generation()
    generations = Generations(old)
    async with generations.hold() as first:
        async with generations.hold() as second:
            generations.replace(new)
            async with generations.hold() as third:
                assert (first, second, third) == (old, old, new)
        assert old_index.closed == 0
    assert old_index.closed == 1


async def test_close_newest_generation_is_closed() -> None:
    old, old_index = a_generation()
    Generations(old).close()
    assert old_index.closed == 1

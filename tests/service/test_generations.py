"""The exchange of an index while requests hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from service import events
from service.answers import Question
from service.asking import how_to_ask
from service.generations import Generation, Generations
from service.parameters import AskOptions
from service.schemas import ExampleBody
from service.settings import Settings
from service.state import RequestScope, open_application, open_generation

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


async def test_replace_while_an_answer_is_sent_as_events_leaves_its_index_open(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_application(settings) as application:
        scope = RequestScope(application, application.generations.newest)

        async def show_late(*_: object) -> list[ExampleBody]:
            application.generations.replace(open_generation(settings, application.embedder, None))
            assert scope.generation.index.example("none") is None, "it can still be read"
            return []

        monkeypatch.setattr(events, "show_examples", show_late)
        body = how_to_ask(scope, Question(""))
        sent = [each async for each in events.answer_events(cast(Any, None), scope, body, (), AskOptions())]
        assert [each.partition("\n")[0].removeprefix("event: ") for each in sent] == list(events.FIELDS)

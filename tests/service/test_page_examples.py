"""The lazy mapping from pages to examples."""

from __future__ import annotations

import pytest

from index.store import open_index
from service.page_examples import PageExamples, by_page
from service.settings import Settings


def test_page_examples_are_those_of_the_index(settings: Settings) -> None:
    index = open_index(settings.data)
    examples = PageExamples(index)
    assert {path: list(found) for path, found in examples.items() if found} == by_page(index.examples())
    assert list(examples) == [page.path for page in index.pages()]
    assert len(examples) == len(index.pages())
    index.close()


def test_page_examples_unknown_page_has_none(settings: Settings) -> None:
    index = open_index(settings.data)
    with pytest.raises(KeyError):
        PageExamples(index)["../errors.md"]
    assert PageExamples(index).get("missing.md", ()) == ()
    index.close()

"""Every error has a status and an exit code of its own choosing, and one shape."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import corpus.errors
import index.errors
import service.errors
import service.sandbox.errors
from service.commands.exits import code_of
from service.errors import Busy, InvalidRequest, ServiceError
from service.problems import KINDS, Kind, kind_of

MODULES = (corpus.errors, index.errors, service.errors, service.sandbox.errors)


def classes_of(module: ModuleType) -> list[type[Exception]]:
    members = vars(module).values()
    return [
        member
        for member in members
        if inspect.isclass(member) and issubclass(member, Exception) and member.__module__ == module.__name__
    ]


EVERY_ERROR = [error for module in MODULES for error in classes_of(module)]


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: error.__name__)
def test_every_error_is_mapped_by_its_own_tree(error: type[Exception]) -> None:
    mapped = next(parent for parent in error.__mro__ if parent in KINDS)
    assert mapped.__module__ == error.__module__, "only the catch-all of all exceptions maps it"


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: error.__name__)
def test_every_error_has_an_exit_code(error: type[Exception]) -> None:
    assert code_of(error.__new__(error)) in {1, 2, 3, 4}


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: error.__name__)
def test_every_error_stands_in_its_module_s_tree(error: type[Exception]) -> None:
    assert error.__name__ in (inspect.getmodule(error).__doc__ or "")


def test_every_kind_of_problem_has_its_own_title() -> None:
    kinds = set(KINDS.values())
    assert len({kind.title for kind in kinds}) == len(kinds)
    assert all(kind.meaning for kind in kinds)


def test_kind_of_our_failure_tells_no_detail() -> None:
    assert not kind_of(ValueError("x")).tells_detail
    assert kind_of(InvalidRequest([])).tells_detail


def test_busy_says_when_to_come_back() -> None:
    for error in classes_of(service.errors):
        if issubclass(error, Busy):
            assert kind_of(error.__new__(error)).status in {429, 503}


def test_kind_type_leads_to_the_documentation() -> None:
    assert Kind(404, "Page not found", "").type == "/docs#page-not-found"
    assert kind_of(ServiceError()).status == 500

"""The service's own description: complete, and true of the running service."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.app import create_app
from service.settings import load_settings
from tests.service.servers import Server

SECONDS = 100
OPTIONS = (
    *("--max-examples", "10", "--max-time", "22", "--continue-on-failure", "--no-color"),
    "--generation-deterministic",
    # What two parameters together mean cannot be said in a schema: `q` beside another `ask`, `scope=page` without one.
    *("--exclude-checks", "positive_data_acceptance"),
)


def test_service_does_what_its_description_says(server: Server, tmp_path: Path) -> None:
    """Question every route by the description: no failure, no status, type or shape that is not described."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}openapi.json", *OPTIONS]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "Selected: 0/" not in ended.stdout
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return create_app(load_settings({})).openapi()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_parameter_and_answer_is_described(schema: dict[str, Any]) -> None:
    assert not [each for name, operation in operations(schema) for each in lacking(name, operation)]


def lacking(name: str, operation: dict[str, Any]) -> Iterator[str]:
    if not operation.get("description"):
        yield name
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query" and not parameter.get("description"):
            yield f"{name} {parameter['name']}"
    for status, response in operation["responses"].items():
        if not response.get("description") or not (response.get("content") or status in ("303", "304")):
            yield f"{name} {status}"


def test_every_error_has_one_of_the_two_shapes_and_an_example(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        for status, response in operation["responses"].items():
            if status < "400":
                continue
            media_type = "application/json" if "/v1/" in name and status != "422" else "application/problem+json"
            described = response["content"][media_type]
            assert described["schema"]["$ref"].endswith(("/Problem", "/OpenAIProblem")), (name, status)
            assert described["example"], (name, status)


def test_every_body_has_an_example_that_the_service_takes(schema: dict[str, Any], server: Server) -> None:
    taken = 0
    for name, operation in operations(schema):
        if "requestBody" not in operation:
            continue
        method, path = name.split()
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        example = schema["components"]["schemas"][reference]["example"]
        response = httpx.request(method, f"{server.url}{path.lstrip('/')}", json=example, timeout=20)
        assert response.is_success or response.status_code == 403, (name, response.text)
        taken += 1
    assert taken >= 3


def test_every_reference_leads_to_a_shape(schema: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else ())
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    known = schema["components"]["schemas"]
    assert {each.rpartition("/")[2] for each in references(schema)} <= set(known)

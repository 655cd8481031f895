from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.middleware import RequestFrame
from service.problems import add_problem_handlers
from service.routes import site


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(RequestFrame)
    add_problem_handlers(app)
    app.include_router(site.router)
    with TestClient(app) as client:
        yield client


def test_chat_page_is_html_that_loads_from_its_own_site_only(client: TestClient) -> None:
    response = client.get("/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "http://" not in response.text
    assert "https://" not in response.text


@pytest.mark.parametrize("name", sorted(site.MEDIA_TYPES))
def test_static_file_has_its_type_and_is_not_sent_twice(client: TestClient, name: str) -> None:
    first = client.get(f"/static/{name}")
    second = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["content-type"] == site.MEDIA_TYPES[name]
    assert first.headers["cache-control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")
    assert "content-security-policy" in first.headers
    assert "content-security-policy" not in second.headers


def test_every_file_of_the_folder_can_be_reached() -> None:
    assert {path.name for path in site.STATIC_FOLDER.iterdir()} == set(site.MEDIA_TYPES)


@pytest.mark.parametrize("name", ["nothing.js", "..%2fapp.py", "%2e%2e%2fapp.py", "chat.js%00", "site.py"])
def test_static_file_that_is_not_listed_is_not_found(client: TestClient, name: str) -> None:
    response = client.get(f"/static/{name}")
    assert response.status_code == 404


def test_page_scripts_never_parse_text_as_html() -> None:
    scripts = [path.read_text() for path in site.STATIC_FOLDER.glob("*.js")]
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert not any(forbidden in script for script in scripts)

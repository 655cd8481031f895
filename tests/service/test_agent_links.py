"""Links and tags of a page as agents get them."""

from __future__ import annotations

from corpus.document import Page
from service.agent_markdown import agent_text
from service.page_paths import PagePaths


def test_link_with_escaped_characters_leads_to_its_page_or_is_written_out() -> None:
    page = Page("guide/tasks.md", "Tasks", "# Tasks\n\nSee [x](../c\\_d.md#L4) and [y](../e\\_f.py#L4).\n")
    paths = PagePaths([page, Page("c_d.md", "C", "# C\n")])
    text = agent_text(page, paths, "http://notes")
    assert text.endswith("See [x](http://notes/c_d.md#L4) and [y] (`../e_f.py#L4`, not served here).")


def test_operation_of_an_api_is_named_by_its_method_and_path() -> None:
    tag = '{% openapi-operation spec="pets" path="/pets/{id}" method="delete" %}'
    link = "[OpenAPI pets](https://pets.example/openapi.json)"
    page = Page("api.md", "API", f"# API\n\n{tag}\n{link}\n{{% endopenapi-operation %}}\n")
    text = agent_text(page, PagePaths([page]), "http://notes")
    assert text == f"# API\n\n**DELETE /pets/{{id}}**\n\n{link}"

"""The five tools and the pages as resources, as the official SDK's client uses them over HTTP and standard streams."""

from __future__ import annotations

from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import CallToolResult, TextContent, TextResourceContents

from tests.service.servers import Server

pytestmark = pytest.mark.anyio

QUESTION = "At which temperature does water boil?"
ABSENT = "Who won the football world cup in 1974?"


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def called(tools: Client, name: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool; the client checks what comes against the schema that the tool was listed with."""
    result = await tools.call_tool(name, arguments)
    assert not result.is_error, text_of(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def refused(tools: Client, name: str, arguments: dict[str, Any]) -> str:
    result = await tools.call_tool(name, arguments)
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


async def test_tools_are_listed_with_schemas_and_hints(tools: Client) -> None:
    listed = {tool.name: tool for tool in (await tools.list_tools()).tools}
    assert list(listed) == ["searchDocumentation", "getPage", "askQuestion", "runExample", "sendFeedback"]
    for tool in listed.values():
        assert tool.description
        assert tool.input_schema["additionalProperties"] is False
        assert tool.input_schema["required"]
        assert all(each.get("description") for each in tool.input_schema["properties"].values())
        assert tool.output_schema
        assert tool.annotations
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
    only_read = {name for name, tool in listed.items() if tool.annotations and tool.annotations.read_only_hint}
    assert only_read == {"searchDocumentation", "getPage", "askQuestion"}
    assert listed["sendFeedback"].annotations
    assert listed["sendFeedback"].annotations.idempotent_hint is False


async def test_server_says_what_it_is_for(tools: Client) -> None:
    assert "askQuestion" in (tools.instructions or "")


async def test_search_gives_the_best_section_of_each_page_verbatim(tools: Client, server: Server) -> None:
    body = await called(tools, "searchDocumentation", query="kettle switches off")
    pages = [section["page"] for section in body["sections"]]
    assert pages[0] == "guide/boiling.md"
    assert len(pages) == len(set(pages))
    for section in body["sections"]:
        lines = (server.settings.notes / section["page"]).read_text(encoding="utf-8").split("\n")
        assert section["text"] == "\n".join(lines[section["start_line"] - 1 : section["end_line"]])


async def test_search_result_leads_to_its_page(tools: Client) -> None:
    best = (await called(tools, "searchDocumentation", query="endless timers"))["sections"][0]
    body = await called(tools, "getPage", url=best["url"])
    assert body["page"] == best["page"]
    assert body["text"].startswith("## Endless timers")


@pytest.mark.parametrize("url", ["guide/timers.md", "/guide/timers", "http://elsewhere.example/notes/guide/timers.md"])
async def test_page_comes_verbatim_by_any_of_its_names(tools: Client, server: Server, url: str) -> None:
    body = await called(tools, "getPage", url=url)
    assert body["text"] == (server.settings.notes / "guide" / "timers.md").read_text(encoding="utf-8").rstrip("\n")
    assert (body["start_line"], body["continue_at"]) == (1, None)


async def test_page_continues_from_a_line(tools: Client) -> None:
    assert (await called(tools, "getPage", url="guide/timers.md", startLine=14))["start_line"] == 14


async def test_question_is_answered_in_one_small_answer(tools: Client) -> None:
    result = await tools.call_tool("askQuestion", {"question": QUESTION, "goal": "make tea"})
    body = result.structured_content
    assert isinstance(body, dict)
    assert body["answered"] is True
    assert "100 degrees" in body["answer"]["text"]
    assert body["goal"] == "make tea"
    assert body["examples"][0]["run"]["stdout"] == "95.0\n"
    text = text_of(result)
    assert text.startswith(f"# {QUESTION}\n\nWater boils at 100 degrees")
    assert body["examples"][0]["id"] in text
    assert len(text) < 6_000


async def test_question_not_in_the_notes_is_no_error(tools: Client) -> None:
    body = await called(tools, "askQuestion", question=ABSENT)
    assert (body["answered"], body["answer"]) == (False, None)
    assert body["reason"]


async def test_example_of_an_answer_runs_again(tools: Client) -> None:
    example = (await called(tools, "askQuestion", question=QUESTION))["examples"][0]
    body = await called(tools, "runExample", id=example["id"])
    assert (body["run"]["status"], body["run"]["stdout"]) == ("ok", "95.0\n")
    assert body["run"]["verified_at"] >= example["run"]["verified_at"]


async def test_example_that_fails_is_a_result(tools: Client) -> None:
    examples = (await called(tools, "askQuestion", question="When is DryKettle raised?"))["examples"]
    example = next(each for each in examples if each["page"] == "reference/errors.md")
    body = await called(tools, "runExample", id=example["id"])
    assert body["run"]["status"] == "error"
    assert "ValueError: no water" in body["run"]["stderr"]


async def test_feedback_is_kept_for_the_writers(tools: Client) -> None:
    body = await called(tools, "sendFeedback", content="Says nothing of salt.", pageUrl="/guide/boiling", goal="cook")
    assert body == {"kept": True, "page": "guide/boiling.md"}


async def test_pages_are_resources(tools: Client, server: Server) -> None:
    resources = {each.uri: each for each in (await tools.list_resources()).resources}
    assert len(resources) == 4
    assert resources["askmd:///guide/boiling.md"].description == "How water comes to the boil."
    (template,) = (await tools.list_resource_templates()).resource_templates
    assert template.uri_template == "askmd:///{+path}"
    (content,) = (await tools.read_resource("askmd:///guide/boiling.md")).contents
    assert isinstance(content, TextResourceContents)
    assert (content.mime_type, content.uri) == ("text/markdown", "askmd:///guide/boiling.md")
    assert content.text == (server.settings.notes / "guide" / "boiling.md").read_text(encoding="utf-8")


async def test_resource_that_is_none_names_the_nearest(tools: Client) -> None:
    with pytest.raises(MCPError, match=r"askmd:///guide/boiling\.md"):
        await tools.read_resource("askmd:///guide/boilin.md")
    with pytest.raises(MCPError, match="no page"):
        await tools.read_resource("file:///etc/passwd")


async def test_resources_list_from_a_strange_place_is_refused(tools: Client) -> None:
    with pytest.raises(MCPError, match="without one"):
        await tools.list_resources(cursor="-1")


async def test_tool_that_is_none_names_those_that_are(tools: Client) -> None:
    with pytest.raises(MCPError, match="askQuestion"):
        await tools.call_tool("ask_question", {"question": QUESTION})


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("searchDocumentation", {}, "query: field required. searchDocumentation takes query."),
        ("searchDocumentation", {"query": 5}, "query: should be a valid string, not '5'"),
        ("searchDocumentation", {"query": ""}, "query: string should have at least 1 character"),
        ("searchDocumentation", {"query": "x" * 2_001}, "query: has 2,001 characters; 2,000 are the most"),
        ("searchDocumentation", {"q": "x"}, "q: is no parameter here; did you mean query?"),
        ("askQuestion", {"goal": "x"}, "question: field required. askQuestion takes question, goal (optional)."),
        ("askQuestion", {"question": " "}, "question: is empty"),
        ("askQuestion", {"question": "<question>"}, "question: is empty"),
        ("askQuestion", {"question": ["x"]}, "question: should be a valid string"),
        ("askQuestion", {"question": "x", "goal": "y" * 2_001}, "goal: has 2,001 characters"),
        ("askQuestion", {"query": "x"}, "query: is no parameter here"),
        ("getPage", {"url": "guide/boilin.md"}, "The nearest: /guide/boiling"),
        ("getPage", {"url": "../../etc/passwd"}, "hold no page"),
        ("getPage", {"url": "guide/boiling.md#nowhere"}, "the page's sections are #boiling, #the-boiling-point"),
        ("getPage", {"url": "guide/boiling.md", "startLine": 9_999}, "startLine: is past the last line"),
        ("getPage", {"url": "guide/boiling.md", "startLine": 0}, "startLine: should be greater than or equal to 1"),
        ("getPage", {"url": "x" * 2_049}, "url: string should have at most 2048 characters"),
        ("runExample", {"id": "nothing"}, "hold no example 'nothing'. askQuestion gives the ids"),
        ("sendFeedback", {"content": "x"}, "pageUrl: field required"),
        ("sendFeedback", {"content": "x" * 2_049, "pageUrl": ""}, "content: string should have at most 2048"),
    ],
)
async def test_arguments_that_cannot_be_used_are_told(
    tools: Client, name: str, arguments: dict[str, Any], message: str
) -> None:
    text = await refused(tools, name, arguments)
    assert message in text
    assert len(text) < 600

"""The server of the Model Context Protocol: lists the tools, calls them, and says in words what a bad call lacks.

The SDK's low-level server is used because its pages and errors are ours: resources follow the index that is served
at the moment, and a mistaken argument is answered with the name that was meant.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError

from service.errors import Busy, ExampleNotFound, FieldError, InvalidRequest
from service.parameters import explain
from service.problems import kind_of
from service.software import software_version
from service.state import Application, RequestScope
from service.tools.calls import Reply
from service.tools.catalogue import INSTRUCTIONS, TOOLS, NotesTool
from service.tools.resources import Resources

log = logging.getLogger("askmd.tools")

_TOOLS = {tool.name: tool for tool in TOOLS}
_OTHER_NAMES = {"q": ("query", "question")}
"""What the HTTP parameters that an error names are called here."""
Context = ServerRequestContext[Any, Any]


def build_server(application: Application) -> Server[Any]:
    """Make the server over an open application; it holds the newest index for the length of each call."""
    resources = Resources(application)

    async def list_tools(context: Context, parameters: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[described(tool) for tool in TOOLS])

    async def call_tool(context: Context, parameters: CallToolRequestParams) -> CallToolResult:
        tool = _TOOLS.get(parameters.name)
        if tool is None:
            known = ", ".join(_TOOLS)
            raise MCPError(INVALID_PARAMS, f"There is no tool {parameters.name[:100]!r}. The tools are {known}.")
        async with application.generations.hold() as generation:
            return await called(tool, RequestScope(application, generation), parameters.arguments or {})

    return Server(
        "askmd",
        title="Ask the notes",
        version=software_version(),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=resources.list_pages,
        on_list_resource_templates=resources.list_templates,
        on_read_resource=resources.read_page,
    )


def described(tool: NotesTool) -> Tool:
    """Describe a tool to clients."""
    return Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.reads_only,
            destructive_hint=False,
            idempotent_hint=tool.repeats_safely,
            open_world_hint=False,
        ),
    )


async def called(tool: NotesTool, scope: RequestScope, arguments: Mapping[str, Any]) -> CallToolResult:
    """Call a tool; what went wrong is a result that the model can read and mend."""
    try:
        reply: Reply = await tool.call(scope, tool.arguments.model_validate(dict(arguments)))
    except ValidationError as error:
        located = [{**each, "loc": ("arguments", *each["loc"])} for each in error.errors()]
        return refused(tool, [found for each in located for found in explain(each)])
    except InvalidRequest as error:
        return refused(tool, [_renamed(tool, each) for each in error.errors])
    except Exception as error:
        return failed(error)
    text = TextContent(text=reply.text)
    return CallToolResult(content=[text], structured_content=reply.body.model_dump(mode="json"))


def refused(tool: NotesTool, errors: Sequence[FieldError]) -> CallToolResult:
    """Say which arguments cannot be used, and what the tool takes."""
    problems = "; ".join(f"{each.field}: {each.message}" for each in errors)
    fields = tool.arguments.model_fields.items()
    takes = ", ".join(f"{name}{'' if field.is_required() else ' (optional)'}" for name, field in fields)
    return _error(f"{problems}. {tool.name} takes {takes}.")


def _renamed(tool: NotesTool, error: FieldError) -> FieldError:
    """Call what is wrong by the name that it has here."""
    names = (name for name in _OTHER_NAMES.get(error.field, ()) if name in tool.arguments.model_fields)
    return FieldError(next(names, error.field), error.message)


def failed(error: Exception) -> CallToolResult:
    """Say what failed; a failure of ours goes to the log in full, and its detail stays there."""
    kind = kind_of(error)
    if not kind.tells_detail:
        log.error("A tool failed", exc_info=error)
        return _error(f"{kind.title}. Nothing about the call is wrong; try again later.")
    if isinstance(error, ExampleNotFound):
        return _error(
            f"The notes hold no example {error.example_id!r}. askQuestion gives the ids of examples; an example gets a"
            " new one when its code changes."
        )
    later = f" Try again in {error.retry_after_seconds} s." if isinstance(error, Busy) else ""
    return _error(f"{error}{later}")


def _error(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], is_error=True)

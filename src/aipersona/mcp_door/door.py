"""The MCP server: tools and resources of `Whose` each request is, and how failures are told.

It stands on the SDK's low-level server, because nothing that a user said may reach a log: what a tool raises is caught
here, and told by its message where it is ours (but for where the database lies), by its class name where it is not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp_types import Tool as ListedTool
from pydantic import ValidationError

from aipersona import __version__
from aipersona.errors import AIPersonaError, InvalidInput, NotFound, first_cause, told_clients, unforeseen
from aipersona.mcp_door import resources
from aipersona.mcp_door.eliciting import Eliciting, Unanswered
from aipersona.mcp_door.tool import Tool
from aipersona.mcp_door.tools import INSTRUCTIONS, TOOLS, description_of
from aipersona.mcp_door.whose import Whose

logger = logging.getLogger("aipersona.mcp")

NAME = "aipersona"

Context = ServerRequestContext[Any, Any]

TALKATIVE = ("mcp.server.runner", "mcp.shared.jsonrpc_dispatcher", "sse_starlette.sse")
"""Loggers of libraries that write whole messages when they are told to be verbose."""


def door(whose_of: Callable[[Context], Whose], *, secret: bytes | None = None) -> Server[Any]:
    """The server; `whose_of` says whose persona a request is about.

    `secret` seals what a client carries between two rounds of a call, so that several processes can share it; without
    one it is made up, and known to this server alone.
    """
    for name in TALKATIVE:
        logging.getLogger(name).addFilter(_without_messages)
    told = _Told(whose_of)
    server: Server[Any] = Server(
        NAME,
        version=__version__,
        title="aipersona",
        instructions=INSTRUCTIONS,
        on_list_tools=told.list_tools,
        on_call_tool=told.call_tool,
        on_list_resources=told.list_resources,
        on_list_resource_templates=told.list_templates,
        on_read_resource=told.read_resource,
    )

    def principal(ctx: Context) -> str:
        whose = whose_of(ctx)
        return repr((whose.principal.tenant, whose.principal.id, whose.user_id))

    keys = [secret] if secret is not None else None
    ephemeral = RequestStateSecurity.ephemeral()
    security = RequestStateSecurity(
        keys=keys, codec=None if keys is not None else ephemeral.codec, bind_principal=principal
    )
    server.middleware.append(RequestStateBoundary(security, default_audience=NAME))
    return server


class _Told:
    """The answers to what clients ask."""

    def __init__(self, whose_of: Callable[[Context], Whose]) -> None:
        self._whose_of = whose_of

    async def list_tools(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """Those that the credential allows."""
        del params
        whose = self._whose_of(ctx)
        return ListToolsResult(tools=[_listed(tool, whose) for tool in TOOLS.values() if whose.may(tool.name)])

    async def call_tool(self, ctx: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(code=INVALID_PARAMS, message="unknown tool")
        whose = self._whose_of(ctx)
        try:
            whose.require(tool.name)
            told = await tool.run(whose, _arguments(tool, params), Eliciting(ctx, params))
        except Unanswered as why:
            return why.result
        except AIPersonaError as error:
            return _failed(told_clients(error))
        except Exception as error:
            logger.error(unforeseen(error))
            return _failed(f"a fault of the server: {type(error).__name__}")
        return CallToolResult(content=[_text(told.text)], structured_content=told.data)

    async def list_resources(self, ctx: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        del params
        whole = [shelf for shelf in self._shelves(ctx) if "{" not in shelf.uri]
        return ListResourcesResult(resources=[Resource(uri=shelf.uri, **_described(shelf)) for shelf in whole])

    async def list_templates(self, ctx: Context, params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        del params
        open_ = [shelf for shelf in self._shelves(ctx) if "{" in shelf.uri]
        templates = [ResourceTemplate(uri_template=shelf.uri, **_described(shelf)) for shelf in open_]
        return ListResourceTemplatesResult(resource_templates=templates)

    async def read_resource(self, ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            text = await resources.read(self._whose_of(ctx), params.uri)
        except NotFound as error:
            raise MCPError(code=INVALID_PARAMS, message=str(error)) from None
        except AIPersonaError as error:
            raise MCPError(code=INTERNAL_ERROR, message=told_clients(error)) from None
        except Exception as error:
            logger.error(unforeseen(error))
            raise MCPError(code=INTERNAL_ERROR, message=f"a fault of the server: {type(error).__name__}") from None
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type=resources.JSON, text=text)])

    def _shelves(self, ctx: Context) -> Sequence[resources.Shelf]:
        whose = self._whose_of(ctx)
        return [shelf for shelf in resources.SHELVES if whose.may(shelf.uri)]


def _listed(tool: Tool, whose: Whose) -> ListedTool:
    return ListedTool(
        name=tool.name,
        title=tool.title,
        description=description_of(tool, whose.ai.schema),
        input_schema=tool.arguments.model_json_schema(),
        annotations=ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.writes,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.idempotent,
            open_world_hint=False,
        ),
    )


def _described(shelf: resources.Shelf) -> dict[str, Any]:
    return {
        "name": shelf.name,
        "title": shelf.title,
        "description": shelf.description,
        "mime_type": resources.JSON,
    }


def _arguments(tool: Tool, params: CallToolRequestParams) -> Any:
    """Raises: InvalidInput, which names what does not fit and not what was given."""
    try:
        return tool.arguments.model_validate(params.arguments or {})
    except ValidationError as error:
        raise InvalidInput(first_cause(error)) from None


def _text(text: str) -> TextContent:
    return TextContent(type="text", text=text)


def _failed(message: str) -> CallToolResult:
    return CallToolResult(content=[_text(message)], is_error=True)


def _without_messages(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG

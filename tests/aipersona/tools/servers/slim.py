"""An MCP server in a few lines, of the protocol's first generation; a process of it starts at once.

Its arguments are the names of its tools: each answers with its process and what it was called with, but `collapse`
ends the process, `stall` never answers, `deafen` is the last that it answers, `read` waits for the file that `city`
names, and `refuse` is an error.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

deaf: list[bool] = []


def answer(method: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
    match method:
        case "initialize":
            told: dict[str, Any] = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
            return {**told, "serverInfo": {"name": "slim", "version": "1"}}
        case "tools/list":
            schema: dict[str, Any] = {
                "type": "object",
                "properties": {"city": {"type": ["string", "null"]}, "odd": True},
            }
            large = {**schema, "$comment": "x" * 50_000}
            return {
                "tools": [
                    {"name": name, "description": "", "inputSchema": large if name == "large" else schema}
                    for name in sys.argv[1:]
                ]
            }
        case "tools/call":
            match parameters["name"]:
                case "collapse":
                    os._exit(1)
                case "stall":
                    return None
                case "deafen":
                    deaf.append(True)
                    return {"content": []}
                case "read":
                    return {"content": [{"type": "text", "text": Path(parameters["arguments"]["city"]).read_text()}]}
                case "refuse":
                    return {"content": [{"type": "text", "text": "no" * 50_000}], "isError": True}
                case name:
                    said = {"pid": os.getpid(), "name": name, "given": parameters.get("arguments", {})}
                    print("not a line of the protocol: vegetarian", flush=True)
                    return {"content": [{"type": "text", "text": json.dumps(said)}]}
        case _:
            raise KeyError(method)


for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request or deaf:
        continue
    try:
        result = answer(request["method"], request.get("params", {}))
        reply = {"result": result} if result is not None else None
    except KeyError:
        reply = {"error": {"code": -32601, "message": "Method not found"}}
    if reply is not None:
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **reply}), flush=True)

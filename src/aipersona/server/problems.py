"""Failures as problem details (RFC 9457), which hold identifiers, paths and numbers, and never what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from aipersona.errors import AIPersonaError, RevisionConflict, is_name, told_clients

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong."""

    type: str = Field(description="A stable name of the kind of problem.", examples=["urn:aipersona:unknown_user"])
    title: str = Field(description="The kind of problem in words.", examples=["unknown user"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str | None = Field(default=None, description="What happened, to what, and what to do.")
    causes: list[str] | None = Field(default=None, description="What does not fit in the request, one by one.")


class Refused(HTTPException):
    """A request that is not served; `code` is the stable name of why."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code = code


def problem(status: int, code: str, detail: str | None = None, **more: Any) -> Response:
    """The response that tells of a problem; `headers` among the rest are its headers."""
    headers = more.pop("headers", None)
    told = Problem(type=f"urn:aipersona:{code}", title=code.replace("_", " "), status=status, detail=detail, **more)
    return Response(told.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def tell_problems(app: FastAPI) -> None:
    """Answer every failure of an app that is foreseen with problem details; `Watched` answers the others."""
    for kind in (AIPersonaError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _told)


def problem_of(error: Exception) -> Response:
    """The response that tells of a failure."""
    match error:
        case AIPersonaError():
            headers = {"retry-after": "1"} if error.status == 503 else None
            return problem(error.status, error.code, told_clients(error), headers=headers)
        case Refused():
            return problem(error.status_code, error.code, error.detail, headers=error.headers)
        case HTTPException():
            name = {404: "no_such_route", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
            return problem(error.status_code, name, headers=error.headers)
        case RequestValidationError():
            causes = [_cause(one) for one in error.errors()]
            return problem(422, "invalid_request", "the request does not fit its schema", causes=causes)
        case _:
            return problem(500, "internal_error", "this is a fault of the server; its log names the kind")


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, RevisionConflict) and "if-match" in request.headers:
        return problem(412, "precondition_failed", str(error))
    return problem_of(error)


def _cause(error: Mapping[str, Any]) -> str:
    """Where and what, without the input: keys that do not look like names are input, too."""
    where = ".".join(part for part in map(str, error["loc"]) if is_name(part))
    message = "is not JSON" if error["type"] == "json_invalid" else str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message

"""The OpenAPI document: who may call a route, which headers it reads, and what it may answer besides success."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from aipersona.access.policy import POLICY, Rule
from aipersona.server.problems import MEDIA_TYPE, Problem
from aipersona.server.repeating import LONGEST_KEY

FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in {
        400: "The body is no text, or ended early.",
        401: "No key, or one that is unknown or has ended.",
        403: "The key does not allow this, or the policy forbids.",
        404: "No such user, field, revision, question or session.",
        405: "The route does not take this method.",
        409: "Another content or writer was first.",
        412: "The user is at another revision than `If-Match` asks for.",
        413: "The body is too long.",
        422: "The request cannot be used as it is.",
        429: "Too many requests for this key.",
        500: "A fault of the server; its log names the kind.",
        502: "The model answered with an error.",
        503: "The database or the model is not there.",
    }.items()
}

PROXIED: dict[int | str, dict[str, Any]] = {
    "default": {"description": "What the upstream answers, as it is.", "content": {"*/*": {}}},
    502: {"description": "The upstream cannot be reached."},
    504: {"description": "The upstream did not answer in time."},
}


SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key (`aip_...`) of `aipersona keys create`, or a user's token of `POST /v1/tokens`.",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-AIPersona-Key",
        "description": "The same, where `Authorization` is meant for the upstream of the proxy.",
    },
}

ONCE: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    "description": "A name of this request: sent again within a day, it is answered as it was, and changes nothing.",
}

ETAG: dict[str, Any] = {"description": "The user's revision, for `If-Match`.", "schema": {"type": "string"}}


def document(app: FastAPI, *, auth: bool) -> None:
    """Let the app's document tell what FastAPI does not know: who may, which headers, and how failures come."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = made()
            if auth:
                found["components"]["securitySchemes"] = SCHEMES
            for path, ways in found["paths"].items():
                for method, operation in ways.items():
                    rule = POLICY[(method.upper(), path)]
                    _say_problems(operation["responses"])
                    _say_headers(operation, repeatable=rule.repeatable)
                    if auth and rule.scope is not None:
                        _say_who(operation, rule)
        return made()

    app.openapi = openapi


def _say_problems(responses: dict[str, Any]) -> None:
    """FastAPI takes the media type of failures for that of answers."""
    for status, response in responses.items():
        content: dict[str, Any] = response.get("content", {})
        if status.isdigit() and int(status) in FAILURES and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")


def _say_headers(operation: dict[str, Any], *, repeatable: bool) -> None:
    given: list[dict[str, Any]] = operation.setdefault("parameters", [])
    if operation["operationId"] == "get_persona" or any(one["name"] == "if-match" for one in given):
        operation["responses"]["200"]["headers"] = {"ETag": ETAG}
    if repeatable:
        given.append(ONCE)


def _say_who(operation: dict[str, Any], rule: Rule) -> None:
    operation["security"] = [{scheme: []} for scheme in SCHEMES]
    own = f"; for the user that a key is bound to, `{rule.own}`" if rule.own is not None else ""
    operation["description"] = f"{operation.get('description', '')}\n\nTakes the scope `{rule.scope}`{own}.".strip()

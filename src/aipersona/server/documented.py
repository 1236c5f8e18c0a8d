"""The OpenAPI document: what every route may answer besides success."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from aipersona.server.problems import MEDIA_TYPE, Problem

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


def document(app: FastAPI) -> None:
    """Let the app's document say of which media type its failures are, which FastAPI takes for that of its answers."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = made()
            for path in found["paths"].values():
                for operation in path.values():
                    _say_problems(operation["responses"])
        return made()

    app.openapi = openapi


def _say_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content: dict[str, Any] = response.get("content", {})
        if status.isdigit() and int(status) in FAILURES and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")

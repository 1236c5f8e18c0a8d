"""What stands in paths."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from aipersona.sessions.model import MAX_NAME_CHARACTERS

UserId = Annotated[str, Path(max_length=MAX_NAME_CHARACTERS, description="The application's id of the user.")]
SessionId = Annotated[str, Path(max_length=MAX_NAME_CHARACTERS, description="The application's id of the session.")]
FieldPath = Annotated[
    str,
    Path(max_length=MAX_NAME_CHARACTERS, description="A field, or a section.", examples=["preferences.diet"]),
]
Number = Annotated[int, Path(ge=1, lt=2**31, description="The number of a revision.")]

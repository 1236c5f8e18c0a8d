"""ETags: a user's revision. An edit may ask for the one that was read (`If-Match`); any other is refused with 412."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from aipersona.server.problems import Refused

_FORM = re.compile(r'"(\d{1,18})"')


def etag(revision: int) -> str:
    """A revision as an ETag."""
    return f'"{revision}"'


def tagged(response: Response, revision: int) -> None:
    """Say in a response at which revision the user is."""
    response.headers["etag"] = etag(revision)


def _expected(
    if_match: Annotated[
        str | None, Header(description="The ETag that was read: the edit is made on that revision or refused.")
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _FORM.fullmatch(if_match.strip())
    if found is None:
        raise Refused(412, "precondition_failed", "If-Match takes one ETag as it was given")
    return int(found[1])


Expected = Annotated[int | None, Depends(_expected)]
"""A parameter of a route: the revision that the user must be at, if any."""

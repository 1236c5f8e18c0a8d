"""Pages of lists: a cursor says behind which entry the next page begins. Clients pass it on as it is."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from aipersona.errors import InvalidInput
from aipersona.server.bodies import Page
from aipersona.sessions.model import is_storable

EntryT = TypeVar("EntryT")
ItemT = TypeVar("ItemT")
PlaceT = TypeVar("PlaceT", str, int)

MOST = 500

Limit = Annotated[int, Query(ge=1, le=MOST, description="Entries on a page.")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]


def behind(cursor: str | None, start: PlaceT) -> PlaceT:
    """Where a page begins: behind this place.

    Raises: InvalidInput for a cursor that was not given here.
    """
    if cursor is None:
        return start
    try:
        place: Any = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, binascii.Error, UnicodeEncodeError, RecursionError):
        place = None
    if type(place) is type(start) and (is_storable(place) if isinstance(place, str) else 0 <= place < 2**63):
        return place
    raise InvalidInput("a cursor is the `next` of the page before, as it was given")


def page(
    found: Sequence[EntryT], limit: int, shown: Callable[[EntryT], ItemT], place: Callable[[EntryT], str | int]
) -> Page[ItemT]:
    """A page of `limit` entries out of `limit` + 1 that were asked for: the last one only tells that there is more."""
    more = len(found) > limit
    last = base64.urlsafe_b64encode(json.dumps(place(found[limit - 1])).encode()).decode() if more else None
    return Page(items=[shown(entry) for entry in found[:limit]], next=last)

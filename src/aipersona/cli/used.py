"""Which fields of a persona a reply used: those that its context told of, and those that filled its calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aipersona.cli import wording

if TYPE_CHECKING:
    from aipersona.chat import Reply
    from aipersona.persona.claims import Claim

SHOWN = 3
"""How many values of one field are written out."""


def used_fields(reply: Reply, claims: Sequence[Claim]) -> list[str]:
    """A line for each field: its values, since when they hold, and where they went; `claims` are all of the user's."""
    told = set(reply.context.claims)
    lines: list[str] = []
    for path in reply.context.fields:
        values = [_value(claim) for claim in claims if claim.id in told and claim.path == path]
        more = f"; {len(values) - SHOWN} more" if len(values) > SHOWN else ""
        lines.append(f"{path}: {'; '.join(values[:SHOWN]) or 'worked out'}{more} [context]")
    for call in reply.calls:
        for one in call.filled:
            since = f" ({wording.days(one.since, None)})" if one.since is not None else ""
            lines.append(f"{one.path}: {wording.value_text(one.value)}{since} [{call.name}, {one.parameter}]")
    return lines


def _value(claim: Claim) -> str:
    held = wording.days(claim.valid_from, claim.valid_to)
    return f"{wording.value_text(claim.value)}{f' ({held})' if held else ''}"

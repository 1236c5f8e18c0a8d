"""Do different things stay apart? Each fact is told to a user who told only one other thing, whatever it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aipersona import DraftEdit
from aipersona.optimizer.fields import resolve_field
from aipersona.optimizer.ground import NotAccepted
from aipersona.optimizer.judge import Statement, judge
from aipersona.optimizer.policy import Policy
from aipersona.persona.apply import apply
from aipersona.persona.claims import Evidence
from aipersona.persona.model import Persona
from aipersona.schema.sources import builtin_schema
from benchmarks.learned_fields.telling import Facts, Told

FIRST, SECOND = datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How many ordered pairs of tellings of different things there are, and which became one field."""

    pairs: int
    merged: tuple[str, ...]


def apart(sets: Sequence[Facts]) -> Apart:
    """Every telling after every telling of another thing, over all users of the sets together."""
    schema = builtin_schema()
    those = list(_things(sets))
    pairs = 0
    merged: list[str] = []
    for thing, told in those:
        persona = _after(told)
        if persona is None:
            continue
        known = {entry.spec.path for entry in persona.learned}
        for other, again in those:
            if other == thing:
                continue
            pairs += 1
            try:
                found = resolve_field(_draft(again, "second"), persona, schema, day=SECOND.date())
            except NotAccepted:
                continue
            if found.spec.path in known:
                merged.append(f"{told.path} = {told.value} / {again.path} = {again.value}")
    return Apart(pairs=pairs, merged=tuple(merged))


def _things(sets: Sequence[Facts]) -> Iterator[tuple[str, Told]]:
    for facts in sets:
        for name, user in facts.users.items():
            for fact in user.facts:
                thing = fact.thing or f"{name}: {fact.id}"
                yield from ((thing, told) for told in (fact.told, fact.again) if told is not None)


def _after(told: Told) -> Persona | None:
    """A persona that was told one thing; None where it is not learned."""
    evidence = Evidence(session_id="first", turn=1, quote=told.stated, at=FIRST)
    statement = Statement(
        draft=_draft(told, "first"), authority="told", evidence=(evidence,), said_at=FIRST, day=FIRST.date()
    )
    persona = Persona(user_id="someone")
    try:
        return apply(persona, judge(statement, persona, builtin_schema(), Policy(special=True)), revision=1)
    except NotAccepted:
        return None


def _draft(told: Told, session_id: str) -> DraftEdit:
    return DraftEdit(op="set", path=told.path, value=told.value, session_id=session_id, turns=(1,), quote=told.stated)

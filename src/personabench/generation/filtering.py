"""Stage 5: what is kept of what was written. Everything that is not has a reason, and is counted.

A wish that does not hold is taken out of its session, which stays as talk; so is a telling that contradicts the life.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

from personabench.generation.life import Life
from personabench.generation.needs import argument_of
from personabench.generation.query import Planned, Query, Telling
from personabench.generation.scene import BY_NAME
from personabench.generation.solving import is_solved
from personabench.generation.standing import stands_in
from personabench.generation.wishing import COLUMNS, worlds_lack
from personabench.generation.writers.wordings import wordings
from personabench.worlds.protocol import Refused

Reason = Literal["unplayable", "unwritten", "schema", "contradiction", "leak", "near duplicate", "unsolvable"]

ALIKE = 97
"""From which likeness on (rapidfuzz's ratio, of 100) two wishes of one person are one."""

OWN = ("demographics.name", "demographics.residence.city", "demographics.employer", "preferences.diet")
"""What a neutral wish must not name, whether the scene needs it or not."""


class Rejected(BaseModel):
    """What was taken out: `part` is "wish" or "telling N" (N counts from 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    session_id: str
    part: str
    reason: Reason
    detail: str


def filtered(life: Life, sessions: Iterable[Planned], rejected: list[Rejected]) -> Iterator[Planned]:
    """The sessions of one person as they stay; what goes is added to `rejected`."""
    before: list[str] = []
    for session in sessions:

        def reject(part: str, reason: Reason, detail: str, session: Planned = session) -> None:
            rejected.append(
                Rejected(
                    person_id=session.person_id,
                    session_id=session.session_id,
                    part=part,
                    reason=reason,
                    detail=detail,
                )
            )

        tellings: list[Telling] = []
        for number, telling in enumerate(session.tellings, start=1):
            if (wrong := _telling_is_wrong(life, telling, session)) is None:
                tellings.append(telling)
            else:
                reject(f"telling {number}", *wrong)
        query = session.query
        if query is None and session.unplayable:
            reject("wish", "unplayable", session.unplayable)
        if query is not None and (wrong := _wish_is_wrong(life, query, session, before)) is not None:
            reject("wish", *wrong)
            query = None
        if query is not None:
            before.append(query.personal)
        yield session.model_copy(update={"tellings": tuple(tellings), "query": query})


def _telling_is_wrong(life: Life, telling: Telling, session: Planned) -> tuple[Reason, str] | None:
    if not telling.text.strip():
        return "unwritten", "it has no words"
    facts = {fact.fact_id: fact for fact in life.facts}
    if telling.how == "seems":
        known = {seeming.seeming_id for seeming in life.seemings}
        return None if known.issuperset(telling.of) else ("contradiction", "it is of no seeming of this life")
    for one in telling.of:
        if one not in facts:
            return "contradiction", f"this life has no {one}"
        if facts[one].holds_on(session.day) == (telling.how == "ended"):
            return "contradiction", f"{one} {'still holds' if telling.how == 'ended' else 'does not hold'} then"
    return None


def _wish_is_wrong(life: Life, query: Query, session: Planned, before: Sequence[str]) -> tuple[Reason, str] | None:
    if query.scene not in BY_NAME:
        return "schema", f"there is no scene {query.scene!r}"
    if (lacking := worlds_lack(query)) is not None:
        return "schema", lacking
    if not query.personal.strip() or not query.neutral.strip():
        return "unwritten", "it has no words"
    for need in query.needs:
        fact = next((fact for fact in life.facts if fact.fact_id == need.fact), None)
        asked = next((one for one in BY_NAME[query.scene].asked if one.parameter == need.parameter), None)
        if fact is None or asked is None or not fact.holds_on(session.day):
            return "contradiction", f"{need.fact} does not hold then"
        if argument_of(fact, asked) != need.value:
            return "contradiction", f"{need.parameter} is not as in {need.fact}"
        if all(call.arguments.get(need.parameter) != need.value for call in query.calls):
            return "contradiction", f"no gold call has the {need.parameter} of {need.fact}"
    if (unasked := not_asked_for(query)) is not None:
        return "contradiction", f"the goal does not ask for {unasked}"
    if (leak := leaked(life, query)) is not None:
        return "leak", leak
    if any(fuzz.ratio(query.personal, one) >= ALIKE for one in before):
        return "near duplicate", "the person said as much before"
    try:
        solved = is_solved(query, session.day)
    except Refused as why:
        return "unsolvable", str(why)
    return None if solved else ("unsolvable", "the gold calls do not reach the goal")


def not_asked_for(query: Query) -> str | None:
    """A given or needed argument that the goal says nothing about; None where it asks for all of them."""
    columns = {condition.column for condition in query.goal.where}
    for name in (*query.given, *(need.parameter for need in query.needs)):
        if COLUMNS.get(name, (name,))[0] not in columns:
            return name
    return None


def leaked(life: Life, query: Query) -> str | None:
    """Which field of the person a neutral wish names; None where it gives nothing away."""
    written = life.seed.written_in
    named = {fact.path: fact.value for fact in life.facts if fact.path in OWN}
    for path, value in (*((need.path, need.value) for need in query.needs), *named.items()):
        if any(stands_in(wording, query.neutral) for wording in wordings(value, written)):
            return path
    return None

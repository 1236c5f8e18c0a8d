"""From a filled form to drafts: what a small model wrote, read with care.

In: the JSON that the model filled in for one statement, and the statement. Out: drafts with the statement as their
quote. What the words say plainly and the model left out (a currency, a period, a day) is completed from the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue
from rapidfuzz import fuzz

from aipersona.errors import InvalidValue, ModelOutputInvalid
from aipersona.grounding import find_quote, read_stance, words_of
from aipersona.grounding.leanings import says_feeling
from aipersona.optimizer.draft import Doubted, DraftEdit, Op
from aipersona.optimizer.forms import NO_LONGER, Form, FormSlot
from aipersona.optimizer.intentions import as_appointment, as_limit, closed_rows, is_meant
from aipersona.optimizer.plain_homes import plain_homes
from aipersona.optimizer.plain_words import (
    is_set_up,
    plain_appointments,
    plain_diets,
    plain_duties,
    plain_employers,
    plainly_liked,
)
from aipersona.optimizer.tastes import changed_tastes, leaning_towards, slot_leaning, taste_named
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.relevance import naming_words
from aipersona.schema.fields import FieldSpec
from aipersona.schema.typed import typed_columns
from aipersona.sessions.model import Session, Turn
from aipersona.values import parse_money, read_money, read_quantities, read_when
from aipersona.values.gazetteer import is_country

COPIED = 5
"""The least characters of a text that may be a slip of copying."""

SLIP = 80
"""Similarity (0 to 100) from which a text is taken for a slip of copying."""

_POINTING = re.compile(
    r"(?:her|his|their|its|it|this|that|these|those|them|your|you|which|something)\b|(?:他|她|它|这|那|你)(?:的|个|些|$)",
    re.IGNORECASE,
)
"""A value that begins by pointing at something said elsewhere ("her lyrics") cannot be understood by itself."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One thing that the user said: where, the words, and what the model is shown."""

    session: Session
    turn: Turn
    words: str
    shown: str

    @property
    def day(self) -> date:
        return self.session.day_of(self.turn)

    @property
    def is_set_up(self) -> bool:
        """Whether the words belong to a game or a text that this session's user set up, by all that shows."""
        number = self.turn.number
        earlier = (turn.content for turn in self.session.user_turns if turn.number < number)
        return is_set_up(self.turn.content.replace("’", "'"), self.words.replace("’", "'"), earlier)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a filled form comes to: drafts for the gate, and what the model noted without the words bearing it out."""

    drafts: tuple[DraftEdit, ...]
    doubted: tuple[Doubted, ...] = ()


def read_form(text: str, form: Form, statement: Statement, persona: Persona, *, model: str) -> Reading:
    """What a filled form proposes, with what the words plainly say and the model left out.

    Raises: ModelOutputInvalid if it cannot be read.
    """
    try:
        facts = [{str(name): str(value) for name, value in fact.items()} for fact in json.loads(text)["facts"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelOutputInvalid(f"{model} filled in a form that cannot be read") from None
    facts = [{n: v if n == "slot" else as_said(v, statement.words) for n, v in fact.items()} for fact in facts]
    read = [one for fact in _once(facts) for one in _read(fact, form, statement, persona)]
    drafts = [one for one in read if isinstance(one, DraftEdit)]
    closed = [
        _draft("remove", claim.path, {"id": claim.record_id}, statement)
        for claim in closed_rows(statement.words, persona, form, statement.day)
    ]
    # What the words close is known by its id; the model's own wording of it may mean no row at all.
    paths = {draft.path for draft in closed}
    drafts = [draft for draft in drafts if draft.op != "remove" or draft.path not in paths]
    drafts += [*_changed(form, statement, persona), *closed]
    drafts += [one for one in _plain(drafts, form, statement, persona) if isinstance(one, DraftEdit)]
    return Reading(drafts=tuple(drafts), doubted=tuple(one for one in read if isinstance(one, Doubted)))


def _plain(drafts: Sequence[DraftEdit], form: Form, statement: Statement, persona: Persona) -> Iterator[Read]:
    """What the words plainly say of homes, diets, work, tastes and duties, of which the model noted nothing."""
    if statement.is_set_up:
        return
    drafted = {draft.path for draft in drafts}
    homes = [slot for slot in form.slots.values() if slot.spec.residence]
    for place in plain_homes(statement.words, statement.turn.content):
        slot = next((slot for slot in homes if _is_of_a_country(slot.spec) == is_country(place)), None)
        if slot is not None and slot.spec.path not in drafted:
            yield from _read({"slot": slot.name, slot.columns[0]: place}, form, statement, persona)
    for name, plain in (("diet", plain_diets), ("employer", plain_employers)):
        slot = next((slot for slot in form.slots.values() if slot.spec.path.rpartition(".")[2] == name), None)
        if slot is not None and slot.spec.path not in drafted:
            for value in plain(statement.words):
                yield from _read({"slot": slot.name, slot.columns[0]: value}, form, statement, persona)
    added = {draft.path for draft in drafts if draft.op == "add"}
    touched = _touched(drafts, persona)
    tastes = [slot for slot in form.slots.values() if slot.slot.leaning and slot.spec.path not in added]
    for thing in plainly_liked(statement.words) if tastes else ():
        known = any(not words.isdisjoint(words_of(thing)) for words in touched)
        if not known and (thing[0].isupper() or not _goes_on(statement)):
            yield from _read({"slot": tastes[0].name, tastes[0].columns[0]: thing}, form, statement, persona)
    if {slot.spec.path for slot in form.slots.values() if slot.slot.meant or slot.is_dated} & {d.path for d in drafts}:
        return
    for slot in form.slots.values():
        if slot.slot.duty:
            for task in plain_duties(statement.words):
                yield from _read({"slot": slot.name, slot.columns[0]: task}, form, statement, persona)
        elif slot.is_dated and not slot.slot.op:
            for event in plain_appointments(statement.words):
                if _day_ahead({}, slot.spec, statement):
                    yield from _read({"slot": slot.name, slot.columns[0]: event}, form, statement, persona)


def _is_of_a_country(spec: FieldSpec) -> bool:
    return "country" in spec.names


def _touched(drafts: Sequence[DraftEdit], persona: Persona) -> list[frozenset[str]]:
    """The naming words of the known rows that drafts change."""
    ids = [draft.value["id"] for draft in drafts if isinstance(draft.value, dict) and "id" in draft.value]
    return [naming_words(claim) for claim in persona.claims if claim.record_id in ids]


Read = DraftEdit | Doubted


def as_said(text: str, words: str) -> str:
    """A copy with the words as they were said where the model slipped by a letter or two ("memories" for "memoirs")."""
    if not text or len(text) < COPIED or find_quote(words, text) is not None:
        return text
    best = fuzz.partial_ratio_alignment(text.casefold(), words.casefold(), score_cutoff=SLIP)
    if best is None:
        return text
    start, end = best.dest_start, best.dest_end
    while start > 0 and words[start - 1].isalnum():
        start -= 1
    while end < len(words) and words[end].isalnum():
        end += 1
    said = words[start:end]
    return said if fuzz.ratio(said.casefold(), text.casefold()) >= SLIP else text


def _once(facts: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Each fact once: a second slot with words of the first is the same fact again."""
    seen: list[frozenset[str]] = []
    for fact in facts:
        words = words_of(" ".join(value for name, value in fact.items() if name != "slot"))
        if words and not any(words <= other or other <= words for other in seen):
            seen.append(words)
            yield fact


def _read(fact: Mapping[str, str], form: Form, statement: Statement, persona: Persona) -> Iterator[Read]:
    """The drafts of one fact, or what it would be if the words bore it out."""
    name = fact.get("slot", "")
    if name == NO_LONGER:
        for claim in _given_up(fact.get("value", ""), persona, statement.day):
            value: JsonValue = {"id": claim.record_id} if claim.kind == "records" else claim.value
            yield _draft("remove", claim.path, value, statement)
        return
    slot = form.slots.get(name)
    if slot is None:
        return
    slot, fact = as_limit(slot, fact, statement.words, form)
    slot, fact = as_appointment(slot, fact, statement.words, form, statement.day)
    if slot.slot.meant and not is_meant(fact.get(slot.columns[0], ""), statement.words):
        yield _doubted(slot, fact, statement, "nothing is meant to be done")
        return
    given_up = False
    if slot.slot.leaning is not None:
        item = taste_named(fact.get(slot.columns[0], ""), statement.words)
        fact = {**fact, slot.columns[0]: item}
        leaning = leaning_towards(item, statement.words, goes_on=_goes_on(statement))
        given_up = leaning == "given up"
        felt = slot_leaning(slot, leaning, form) if leaning is not None and not given_up else None
        if felt is None and not given_up:
            yield _doubted(slot, fact, statement, "no feeling for it in the words")
            return
        slot = felt or slot
    value = _value(slot, fact, statement)
    if value is not None:
        slot = _in_its_place(slot, value, statement.words, form)
        op: Op = slot.slot.op or ("set" if slot.spec.kind == "scalar" else "add")
        if given_up or (op != "remove" and slot.slot.leaning is None and _is_over(fact, slot, statement.words)):
            op = "remove"
        yield _draft(op, slot.spec.path, value, statement)


def _changed(form: Form, statement: Statement, persona: Persona) -> Iterator[DraftEdit]:
    """The known tastes that the words change, whatever the model noted of them."""
    for claim, leaning in changed_tastes(statement.words, persona, form, statement.day):
        if leaning == "given up":
            yield _draft("remove", claim.path, {"id": claim.record_id}, statement)
            continue
        for slot in form.slots.values():
            if slot.spec.path == claim.path and slot.slot.leaning == leaning:
                yield _draft("update", claim.path, {"id": claim.record_id, **slot.slot.fixed}, statement)


def _goes_on(statement: Statement) -> bool:
    """Whether the user spoke of a liking in this session before, so that what comes may be about its parts."""
    number = statement.turn.number
    before = [turn.content for turn in statement.session.user_turns if turn.number < number]
    before.append(statement.turn.content.partition(statement.words)[0])
    return any(says_feeling(text) for text in before)


def _is_over(fact: Mapping[str, str], slot: FormSlot, words: str) -> bool:
    """Whether the words say that it was so ("I used to love Mykonos"): then what the model noted has ended."""
    at = find_quote(words, fact.get(slot.columns[0], ""))
    if at is None:
        return False
    stance = read_stance(words, at)
    return stance.subject == "self" and (stance.mood == "past" or _USED_TO.search(words[: at.start]) is not None)


_USED_TO = re.compile(r"\bused to [^.!?;,]{0,40}$|(?:以前|曾经)[^。！？，]{0,10}$", re.IGNORECASE)
_MOVE = re.compile(
    r"\b(?:mov(?:ed|ing)|relocat(?:ed|ing)) (?:back |over |out |in )?(?:to|into|in)\b|\bsettled in\b"
    r"|\b(?:i|we)(?:'m|'re| am| are)? (?:now |still |currently )?(?:live|living)\b|\bhome is\b"
    r"|搬到|搬去|搬来|定居|移居|住(?![两几一三四五\d]|酒店|宾馆|民宿)",
    re.IGNORECASE,
)
_WORKS_AT = re.compile(
    r"(?:\b(?:work(?:s|ed|ing)?|start(?:ed|ing)?|employed|intern(?:ing)?|job)\s+(?:now\s+)?(?:at|for|with)\s+(?:the\s+)?"
    r"|\bemployer(?:'s| is)\s+)$",
    re.IGNORECASE,
)


def _in_its_place(slot: FormSlot, value: JsonValue, words: str, form: Form) -> FormSlot:
    """The slot that the words speak of, where a small model took the one beside it.

    Where one moves to or lives is no short stay; a country is no city; whom one works for is no occupation.
    """
    if _MOVE.search(words.replace("’", "'")) and slot.spec.type == "place" and slot.spec.volatility == "momentary":
        lasting = (s for s in form.slots.values() if s.spec.type == "place" and s.spec.volatility != "momentary")
        slot = next(lasting, slot)
    if not isinstance(value, str):
        return slot
    if slot.spec.residence:
        homes = (s for s in form.slots.values() if s.spec.residence)
        return next((s for s in homes if _is_of_a_country(s.spec) == is_country(value)), slot)
    if slot.spec.identity and _WORKS_AT.search(words[: max(0, words.find(value))].replace("’", "'")):
        return next((s for s in form.slots.values() if "company" in s.spec.names), slot)
    return slot


def _draft(op: Op, path: str, value: JsonValue, statement: Statement) -> DraftEdit:
    return DraftEdit(
        op=op,
        path=path,
        value=value,
        session_id=statement.session.session_id,
        turns=(statement.turn.number,),
        quote=statement.words,
    )


def _doubted(slot: FormSlot, fact: Mapping[str, str], statement: Statement, why: str) -> Doubted:
    value: JsonValue = {**slot.slot.fixed, **{column: fact[column] for column in slot.columns if fact.get(column)}}
    return Doubted(draft=_draft("add", slot.spec.path, value, statement), why=why)


def _value(slot: FormSlot, fact: Mapping[str, str], statement: Statement) -> JsonValue:
    """The value of a slot, or None if what it needs is not filled in. Extra columns that do not parse are left out."""
    given = {column: fact[column].strip() for column in slot.columns if fact.get(column, "").strip()}
    if _POINTING.match(next(iter(given.values()), "")):
        return None
    if slot.spec.kind != "records":
        value = given.get("value")
        return _whole_money(value, statement.words) if value is not None and slot.spec.type == "money" else value
    row: dict[str, JsonValue] = dict(slot.slot.fixed)
    for name, text in given.items():
        column = slot.spec.columns[name]
        if column.type == "money":
            row[name] = _whole_money(text, statement.words)
        elif column.required:
            row[name] = text
        else:
            row.update(_if_typed(name, text, slot.spec, statement.day))
    if slot.slot.op is None:
        row.update(_day_ahead(row, slot.spec, statement))
        row.update(_amount_named(row, slot.spec, statement.words))
    return row if any(column in row for column in slot.columns) else None


def _if_typed(name: str, text: str, spec: FieldSpec, day: date) -> dict[str, JsonValue]:
    try:
        return typed_columns({name: text}, spec, today=day)
    except InvalidValue:
        return {}


def _whole_money(text: str, words: str) -> JsonValue:
    """The amount with the currency and period beside it in the words: models copy the "25" of "25 euros a week"."""
    try:
        money = parse_money(text)
    except InvalidValue:
        return text
    beside = [found.value for found in read_money(words) if found.value.amount == money.amount]
    if len(beside) != 1:
        return text
    whole = beside[0].model_copy(
        update={
            "currency": money.currency or beside[0].currency,
            "period": money.period or beside[0].period,
        }
    )
    return whole.model_dump(mode="json", exclude_none=True)


def _day_ahead(row: Mapping[str, JsonValue], spec: FieldSpec, statement: Statement) -> dict[str, JsonValue]:
    """The day of an appointment or a task that was left out, where the words name exactly one from today on."""
    empty = [name for name, column in spec.columns.items() if column.type == "date" and name not in row]
    if not spec.intent or len(empty) != 1:
        return {}
    points = {
        found.value.point.day
        for found in read_when(statement.words, statement.day)
        if found.value.point is not None and found.value.point.precision == "day"
    }
    ahead = [day for day in points if day >= statement.day]
    return {empty[0]: ahead[0].isoformat()} if len(ahead) == 1 and len(points) == 1 else {}


def _amount_named(row: Mapping[str, JsonValue], spec: FieldSpec, words: str) -> dict[str, JsonValue]:
    """The amount of an aim that was left out, where the words name exactly one ("7,500 steps every day")."""
    empty = [name for name, column in spec.columns.items() if column.type == "quantity" and name not in row]
    found = read_quantities(words)
    if len(empty) != 1 or len(found) != 1:
        return {}
    return {empty[0]: found[0].value.model_dump(mode="json", exclude_none=True)}


def _given_up(text: str, persona: Persona, day: date) -> list[Claim]:
    """The one claim that holds and whose words are those that were given up; none if it is not clear which."""
    given = words_of(text)
    if not given:
        return []
    found = [claim for claim in persona.all_holding(day) if naming_words(claim) and naming_words(claim) <= given]
    return found if len(found) == 1 else []

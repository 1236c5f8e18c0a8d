"""The edits that a perfect model would draft: what the sessions of a life told, field by field."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from aipersona import DraftEdit, DraftRequest, Session
from personabench.generation.life import Fact, Life
from personabench.generation.query import Need, Planned, Query
from personabench.generation.standing import stands_in
from personabench.generation.writers.wordings import wordings
from personabench.live.answering import told_in

CHOSEN = ("preferences.response_length",)
"""Fields whose values are choices of the schema, however they are said."""


class GoldDrafter:
    """Drafts for the sessions that it is shown, from what was planned for them and really said in them."""

    def __init__(self, life: Life, sessions: Sequence[Planned]) -> None:
        self._life = life
        self._planned = {session.session_id: session for session in sessions}
        self._facts = {fact.fact_id: fact for fact in life.facts}

    def __call__(self, request: DraftRequest) -> list[DraftEdit]:
        return [draft for session in request.sessions for draft in self._of(session)]

    def _of(self, session: Session) -> list[DraftEdit]:
        planned = self._planned[session.session_id]
        drafts: list[DraftEdit] = []
        for telling in planned.tellings:
            turn = _turn_with(session, telling.text)
            if turn is None or telling.how == "seems":
                continue
            for one in telling.of:
                fact = self._facts[one]
                if telling.how == "ended":
                    drafts.append(self._draft("remove", fact, session, turn, telling.text))
                else:
                    drafts.append(self._draft("set", fact, session, turn, telling.text))
        if planned.query is not None:
            drafts += [draft for need in planned.query.needs for draft in self._answered(need, planned.query, session)]
        return drafts

    def _answered(self, need: Need, query: Query, session: Session) -> list[DraftEdit]:
        """From each planned text that was said; where none was, from a model's words for it."""
        if need.fact not in self._facts:
            return []
        found = [(_turn_with(session, text), text) for text in (need.answer, need.correction) if text]
        said = [(turn, text) for turn, text in found if turn is not None]
        if not said:
            turns = session.user_turns
            place = told_in(need, query, [turn.content for turn in turns], self._life.seed.written_in)
            said = [(turns[place].number, turns[place].content)] if place is not None else []
        return [self._draft("set", self._facts[need.fact], session, turn, text) for turn, text in said]

    def _draft(self, op: str, fact: Fact, session: Session, turn: int, quote: str) -> DraftEdit:
        if fact.kind != "scalar" and op == "set":
            op = "add"
        value = fact.value if fact.path in CHOSEN else self._said(fact.value, quote)
        return DraftEdit.model_validate(
            {
                "op": op,
                "path": fact.path,
                "value": value,
                "session_id": session.session_id,
                "turns": [turn],
                "quote": quote,
            }
        )

    def _said(self, value: JsonValue, text: str) -> JsonValue:
        """The value as the text says it; rows column by column."""
        if isinstance(value, dict) and "amount" not in value:
            return {name: self._said(one, text) for name, one in value.items() if one is not None}
        if isinstance(value, str):
            for form in wordings(value, self._life.seed.written_in):
                if stands_in(form, text):
                    return form
        return value


def _turn_with(session: Session, text: str) -> int | None:
    return next((turn.number for turn in session.user_turns if text in turn.content), None)

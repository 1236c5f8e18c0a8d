"""The facts of facts.yaml as sessions of their users, and as the drafts that a capable model might make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from aipersona import DraftEdit, DraftRequest, Session, Turn
from aipersona.optimizer.offering import offered
from aipersona.sessions.model import Role

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
APART = timedelta(days=2)
FACT_TURN = 3
"""The number of the turn that tells the fact: after some other talk."""


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(Row):
    """One telling of a fact; see the head of facts.yaml."""

    words: str
    path: str
    value: str
    quote: str = ""
    keys: tuple[str, ...] = ()

    @property
    def stated(self) -> str:
        return self.quote or self.words


class Fact(Row):
    """One thing about a user, told once or twice."""

    id: str
    thing: str = ""
    told: Told
    again: Told | None = None


class Other(Told):
    """What must not be learned; `by` are words of the assistant's before it, which then are the drafter's quote."""

    id: str
    by: str = ""


class User(Row):
    language: Literal["en", "zh"]
    facts: tuple[Fact, ...]
    others: tuple[Other, ...]


class Near(Row):
    """Two different things that are near to each other."""

    id: str
    language: Literal["en", "zh"] = "en"
    told: Told
    again: Told


class Facts(Row):
    """The whole file."""

    near: tuple[Near, ...] = ()
    talk: dict[str, tuple[tuple[str, str], ...]]
    closing: dict[str, tuple[str, ...]]
    users: dict[str, User] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A fact, or what is none, in its session. `fact` is None for what must not be learned; `time` is 1 or 2."""

    user: str
    language: str
    fact: str | None
    name: str
    time: int
    told: Told
    session: Session


def read_facts(name: str = "facts") -> Facts:
    """The facts of one of the YAML files beside this module."""
    return Facts.model_validate(yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")))


def tellings(facts: Facts) -> Iterator[Telling]:
    """Every telling in the order of its user's sessions: all facts with the others among them, then those again."""
    for name, user in facts.users.items():
        for number, (fact, time, told) in enumerate(_in_order(user)):
            yield Telling(
                user=name,
                language=user.language,
                fact=fact if not isinstance(told, Other) else None,
                name=fact,
                time=time,
                told=told,
                session=_session(facts, user.language, name, number, told),
            )


def near_tellings(facts: Facts) -> Iterator[Telling]:
    """Each pair of near things, told to a user of its own one after the other."""
    for pair in facts.near:
        name = f"near: {pair.id}"
        for number, told in enumerate((pair.told, pair.again)):
            yield Telling(
                user=name,
                language=pair.language,
                fact=f"{pair.id}, {number + 1}",
                name=pair.id,
                time=1,
                told=told,
                session=_session(facts, pair.language, name, 10 * number, told),
            )


def _in_order(user: User) -> Iterator[tuple[str, int, Told]]:
    every = len(user.facts) // len(user.others)
    for number, fact in enumerate(user.facts):
        yield fact.id, 1, fact.told
        if number % every == every - 1 and number // every < len(user.others):
            other = user.others[number // every]
            yield other.id, 1, other
    for other in user.others[len(user.facts) // every :]:
        yield other.id, 1, other
    for fact in user.facts:
        if fact.again is not None:
            yield fact.id, 2, fact.again


def _session(facts: Facts, language: str, name: str, number: int, told: Told) -> Session:
    asked, answered = facts.talk[language][number % len(facts.talk[language])]
    if isinstance(told, Other) and told.by:
        answered = f"{answered} {told.by}"
    closing = facts.closing[language][number % len(facts.closing[language])]
    noted = {"en": "I see. Is there anything else?", "zh": "明白了，还有别的吗？"}[language]
    said: tuple[tuple[Role, str], ...]
    said = (("user", asked), ("assistant", answered), ("user", told.words), ("assistant", noted), ("user", closing))
    turns = tuple(Turn(number=n, role=role, content=content) for n, (role, content) in enumerate(said, start=1))
    return Session(user_id=name, session_id=f"{name}-{number:02}", started_at=START + number * APART, turns=turns)


class GoldDrafter:
    """Proposes what facts.yaml says for each session, whatever is known already.

    `shown` are the learned fields that a model would have been shown with a session.
    """

    def __init__(self, told: Mapping[str, Told]) -> None:
        self._told = told
        self.shown: dict[str, frozenset[str]] = {}

    def __call__(self, request: DraftRequest) -> Sequence[DraftEdit]:
        day = max(session.day for session in request.sessions)
        schema = offered(request.schema, request.persona, request.sessions, day)
        paths = frozenset(spec.path for spec in schema.fields if spec.learned)
        self.shown.update((session.session_id, paths) for session in request.sessions)
        return [_draft(session.session_id, self._told[session.session_id]) for session in request.sessions]


def _draft(session_id: str, told: Told) -> DraftEdit:
    by_assistant = isinstance(told, Other) and bool(told.by)
    return DraftEdit(
        op="set",
        path=told.path,
        value=told.value,
        session_id=session_id,
        turns=(FACT_TURN - 1 if by_assistant else FACT_TURN,),
        quote=told.by if isinstance(told, Other) and told.by else told.stated,
    )


@dataclass(frozen=True)
class Nothing:
    text: str = '{"facts": []}'
    prompt_tokens: int = 0
    completion_tokens: int = 0


class NothingFilled:
    """Stands in for a small model that fills in no slot of any form."""

    model_name = "none"

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> Nothing:
        return Nothing()

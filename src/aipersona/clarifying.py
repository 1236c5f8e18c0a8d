"""Clarifying questions: what the user is asked about, at most once a session, because it decides the answer.

In: the persona and a query. Out: the doubt, if there is one: an open conflict, or a value past the day by which to ask
again, at a field that the query calls for. That a doubt was put to the user is noted as a call in the assistant's turn
(`CLARIFY`), so that the next message can settle it and the session brings up no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim, plain_text
from aipersona.persona.model import Persona
from aipersona.relevance import called_for
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session, ToolCall

CLARIFY = "aipersona.clarify"
"""The name under which a question to the user is noted: no tool of an application can have it."""

_YES = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yup|sure|right|correct|exactly|indeed|still|of course|true|it (?:is|does)|i (?:do|am)"
    r"|that['’]?s (?:right|true|correct|so)|ja|jo|jep|genau|oui|si|sí|claro|sim|da|да|так|tak|ano|áno|igen|evet|nai|ναι"
    r"|kyllä|joo|ya|hai|naam)\b|是|对|嗯|没错|还是|当然|仍然|はい|うん|ええ|네|예|응|نعم|हाँ|हां)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:(?:no|nope|nah|not|never|wrong|nein|non|nee|nej|não|nie|нет|ні|όχι|ne|nem|nu|ei|hayır)\b|不|没|否|错|いいえ"
    r"|いや|아니|لا|नहीं)",
    re.IGNORECASE,
)
"""How people begin to say yes and no, in some languages."""

NAMED = 0.6
"""The share of a value's words that say it again."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What is in doubt: a conflict between what stands and what something else says, or a value that may be stale.

    `about` is the id of the open question, or of the claim.
    """

    kind: Literal["conflict", "stale"]
    path: str
    about: str
    text: str

    @property
    def call(self) -> ToolCall:
        return ToolCall(name=CLARIFY, arguments={"kind": self.kind, "path": self.path, "about": self.about})


def doubt_of(persona: Persona, schema: Schema, query: str, day: date, *, shown: Collection[str]) -> Doubt | None:
    """The doubt that decides the answer to a query; None where there is none. `shown` are the fields of its context.

    What the query does not call for is not asked about, however doubtful it is. A conflict comes before a stale value.
    """
    known = schema.with_learned(entry.spec for entry in persona.learned)
    held = [claim for claim in called_for(persona, known, query, day) if claim.path in shown]
    paths = [*dict.fromkeys(claim.path for claim in held), *(q.path for q in persona.questions if q.path in shown)]
    for path in dict.fromkeys(paths):
        for question in persona.questions:
            if question.path == path and path in {claim.path for claim in held}:
                return Doubt(
                    kind="conflict",
                    path=path,
                    about=question.id,
                    text=f"{_name(known.field(path))}: {_stands(persona, path, day)} is what the user said; "
                    f"something else says {plain_text(question.proposed)}",
                )
    for claim in held:
        if claim.is_stale(day) and claim.kind != "records":
            since = claim.valid_from or claim.said_at.date()
            name, value = _name(known.field(claim.path)), plain_text(claim.value)
            text = f"{name}: {value}, known since {since}, may be out of date"
            return Doubt(kind="stale", path=claim.path, about=claim.id, text=text)
    return None


def has_asked(session: Session) -> bool:
    """Whether a doubt was put to the user in this session."""
    return any(call.name == CLARIFY for turn in session.turns for call in turn.tool_calls)


def just_asked(session: Session) -> ToolCall | None:
    """The doubt that the assistant put to the user just before their last message."""
    spoken = [turn for turn in session.turns if turn.role in ("user", "assistant")]
    if len(spoken) < 2 or spoken[-1].role != "user" or spoken[-2].role != "assistant":
        return None
    return next((call for call in spoken[-2].tool_calls if call.name == CLARIFY), None)


def says_so(said: str, value: JsonValue) -> bool:
    """Whether the user's own words say yes to a value: by a yes, or by naming it without a no."""
    named = words_of(plain_text(value))
    return _NO.match(said) is None and (
        _YES.match(said) is not None or (bool(named) and len(named & words_of(said)) >= NAMED * len(named))
    )


def says_no(said: str) -> bool:
    """Whether the user's own words begin with a no."""
    return _NO.match(said) is not None


def asks(text: str) -> bool:
    """Whether a reply asks anything."""
    return "?" in text or "？" in text or "؟" in text


def _stands(persona: Persona, path: str, day: date) -> str:
    return ", ".join(plain_text(claim.value) for claim in persona.holding(path, day)) or "nothing"


def _name(spec: FieldSpec) -> str:
    return spec.path.rpartition(".")[2].replace("_", " ")


def claim_by_id(persona: Persona, claim_id: str) -> Claim | None:
    """A claim of the persona that was not taken back."""
    entry = persona.entries.get(claim_id)
    return entry if isinstance(entry, Claim) and not entry.retracted else None

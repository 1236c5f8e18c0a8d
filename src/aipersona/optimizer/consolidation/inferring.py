"""What a model may infer from claims: one structured call over groups of claims, and the check of what it proposes.

In: the groups that code gathered, each of at least three claims from three sessions, and the fields that are open to
inference. Out: flat drafts (path, value, ids of claims). The prompt's size does not depend on the user's past.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, Field, JsonValue

from aipersona.grounding import words_of
from aipersona.llm.calls import Caller
from aipersona.llm.models import is_local
from aipersona.optimizer.consolidation.grounds import are_enough, evidence_of, holds, is_ground
from aipersona.optimizer.consolidation.meaning import Meant
from aipersona.optimizer.consolidation.same_fields import SameField, rendered
from aipersona.optimizer.draft import texts_of
from aipersona.optimizer.edits_strategy import render_fields
from aipersona.optimizer.ground import NotAccepted
from aipersona.persona.claims import Claim, plain_text
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall, Revision
from aipersona.prompts import prompt
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Text
from aipersona.settings import Settings
from aipersona.values import read_numbers

if TYPE_CHECKING:
    from pydantic_ai.models import Model

PURPOSE = "consolidate"
"""What its calls are for, as stored with each."""

MOST_GROUPS = 12
MOST_CLAIMS = 10
"""Of a group, the latest."""

MOST_CHARACTERS = 160
"""Of a claim's value, and of an inferred one."""

SAME_SUPPORT = 0.5
"""The share of the smaller support from which two inferences of one field are the same in other words."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Claims of one field that agree in what classifies them: tastes of one stance and category, all to-dos."""

    name: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, kw_only=True)
class InferRequest:
    """What is read: the groups, the fields that may be filled, and the learned fields that may be one."""

    persona: Persona
    schema: Schema
    day: date
    groups: tuple[Group, ...]
    learned: tuple[Meant, ...] = ()


class Inference(BaseModel):
    """One proposed inference: flat, and the ids of the claims that it rests on."""

    path: Text
    value: Text = Field(description="a short phrase, or one of the field's choices")
    claims: list[Text] = Field(description="ids of at least three claims")
    reason: Text = Field(default="", description="a few words")


class Inferences(BaseModel):
    """What is proposed: inferences, and learned fields that are one; both empty where nothing shows."""

    inferences: list[Inference]
    same_fields: list[SameField] = Field(default_factory=list[SameField])


@dataclass(frozen=True, kw_only=True)
class Inferred:
    """What was proposed, and what the calls cost."""

    proposals: tuple[Inference, ...] = ()
    same: tuple[SameField, ...] = ()
    calls: tuple[ModelCall, ...] = ()


class Inferrer(Protocol):
    """Proposes inferences from the claims of one user."""

    async def infer(self, request: InferRequest) -> Inferred:
        """The proposals.

        Raises: ModelError.
        """
        ...


Proposal = Inference | SameField


class InferringFunction(Protocol):
    def __call__(self, request: InferRequest, /) -> Sequence[Proposal] | Awaitable[Sequence[Proposal]]: ...


class ScriptedInferrer:
    """An inferrer made of a plain function, sync or async: the seam for tests and for rules of one's own."""

    def __init__(self, function: InferringFunction) -> None:
        self._function = function

    async def infer(self, request: InferRequest) -> Inferred:
        proposed = self._function(request)
        if isinstance(proposed, Awaitable):
            proposed = await proposed
        return Inferred(
            proposals=tuple(one for one in proposed if isinstance(one, Inference)),
            same=tuple(one for one in proposed if isinstance(one, SameField)),
        )


class ModelInferrer:
    """Infers by one structured call."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def infer(self, request: InferRequest) -> Inferred:
        label = prompt("consolidate").label
        answer, call = await self._caller.structured(render(request), Inferences, purpose=PURPOSE, label=label)
        return Inferred(proposals=tuple(answer.inferences), same=tuple(answer.same_fields), calls=(call,))


def render(request: InferRequest) -> str:
    """The prompt as sent."""
    known = [claim for spec in open_fields(request.schema) for claim in request.persona.holding(spec.path, request.day)]
    return prompt("consolidate").render(
        fields=render_fields(request.schema.of(open_fields(request.schema)).model_copy(update={"open_sections": ()})),
        known="\n".join(f"{claim.path} = {_shown(claim.value)}" for claim in known[-MOST_CLAIMS:]) or "(nothing)",
        learned=rendered(request.learned) or "(none)",
        groups="\n\n".join(_rendered(group) for group in request.groups) or "(none)",
    )


def _rendered(group: Group) -> str:
    lines = [f"{claim.id} | {claim.said_at:%Y-%m-%d} | {_shown(claim.value)}" for claim in group.claims]
    return "\n".join((f"[{group.name}]", *lines))


def _shown(value: JsonValue) -> str:
    return json.dumps(plain_text(value)[:MOST_CHARACTERS], ensure_ascii=False)


def open_fields(schema: Schema) -> list[FieldSpec]:
    """The fields that may be filled by inference."""
    return [spec for spec in schema.fields if spec.inferred is not None]


def groups_of(persona: Persona, schema: Schema, day: date) -> tuple[Group, ...]:
    """The groups of claims from which something may be inferred, those told of last first."""
    found: list[Group] = []
    for spec in schema.fields:
        if spec.sensitivity == "special" or spec.inferred is not None:
            continue
        by_kind: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in persona.holding(spec.path, day):
            if is_ground(claim, day):
                by_kind[_kind(claim, spec)].append(claim)
        for kind, claims in by_kind.items():
            latest = sorted(claims, key=lambda claim: claim.said_at)[-MOST_CLAIMS:]
            if are_enough(latest):
                name = f"{spec.path}{f' ({kind})' if kind else ''}: {spec.description}"
                found.append(Group(name=name, claims=tuple(latest)))
    found.sort(key=lambda group: group.claims[-1].said_at, reverse=True)
    return tuple(found[:MOST_GROUPS])


def has_news(groups: Sequence[Group], learned: Sequence[Meant], revisions: Sequence[Revision]) -> bool:
    """Whether a claim of the groups or of learned fields was made or confirmed after a model was last asked."""
    asked = max((revision.number for revision in revisions if _asked(revision)), default=0)
    shown = (*(claim for group in groups for claim in group.claims), *(c for field in learned for c in field.claims))
    return any(claim.recorded > asked for claim in shown)


def _asked(revision: Revision) -> bool:
    return any(call.purpose == PURPOSE for call in revision.calls)


def _kind(claim: Claim, spec: FieldSpec) -> str:
    if spec.kind != "records":
        return ""
    named = (claim.row.get(name) for name, column in spec.columns.items() if not column.said)
    return ", ".join(plain_text(value) for value in named if value is not None)


def checked(proposal: Inference, persona: Persona, schema: Schema, day: date) -> tuple[FieldSpec, tuple[Claim, ...]]:
    """The field and the claims of a proposal that may be judged.

    Raises: NotAccepted.
    """
    spec = schema.get(proposal.path.strip().lower())
    if spec is None:
        raise NotAccepted("unknown_field")
    if spec.inferred is None:
        raise NotAccepted("not_open_to_inference")
    claims = _named(proposal.claims, persona.entries, day, persona)
    if not are_enough(claims):
        raise NotAccepted("too_little_support", "at least three claims, from three sessions")
    if len(proposal.value) > MOST_CHARACTERS or not _stands_in(proposal.value, claims, spec):
        raise NotAccepted("value_not_in_quote", spec.path)
    return spec, claims


def says_nothing_new(
    proposal: Inference, spec: FieldSpec, claims: Sequence[Claim], persona: Persona, day: date
) -> bool:
    """Whether the field holds an inference that rests on much the same claims, or an item of the same words."""
    ids = {claim.id for claim in claims}
    words = words_of(proposal.value)
    for held in persona.holding(spec.path, day):
        before = set(held.support.claims) if held.support is not None else set[str]()
        if before and len(ids & before) >= SAME_SUPPORT * min(len(ids), len(before)):
            return True
        if spec.kind == "set" and (words <= words_of(held.words) or words >= words_of(held.words)):
            return True
    return False


def _named(ids: Iterable[str], entries: Mapping[str, object], day: date, persona: Persona) -> tuple[Claim, ...]:
    found: list[Claim] = []
    for claim_id in dict.fromkeys(ids):
        claim = entries.get(claim_id.strip())
        if not isinstance(claim, Claim) or not holds(claim, persona, day):
            raise NotAccepted("unknown_claim")
        found.append(claim)
    return tuple(found)


def _stands_in(value: str, claims: Sequence[Claim], spec: FieldSpec) -> bool:
    """Whether the numbers and names of an inferred value stand in the words that it rests on, and, of free text, at
    least one word of its own stands there or describes the field."""
    if spec.type == "enum":
        return True
    said = "\n".join((*(text for c in claims for text in texts_of(c.value)), *(e.quote for e in evidence_of(claims))))
    numbers = {found.value for found in read_numbers(said)}
    names = [word for word in value.split()[1:] if any(character.isupper() for character in word)]
    if any(found.value not in numbers for found in read_numbers(value)):
        return False
    if any(not words_of(name) <= words_of(said) for name in names):
        return False
    return not words_of(value).isdisjoint(words_of(said))


def inferrer_for(model: str | Model | None, settings: Settings, *, resolve: Callable[[], Model]) -> Inferrer | None:
    """The inferrer for a model: one structured call, where the settings would also draft edits by one.

    None without a model, and for the small ones that fill forms: they cannot be trusted with it.
    """
    if model is None:
        return None
    strategy = settings.strategy if settings.strategy != "auto" else ("slots" if is_local(model) else "edits")
    return ModelInferrer(Caller(resolve())) if strategy == "edits" else None

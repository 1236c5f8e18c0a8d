"""The form that a small model fills in for one statement: built from the schema, the same for every statement.

In: a schema. Out: the messages (instructions and worked examples first, so that they are computed once) and the JSON
schema of the answer: a short list of facts, each one of the form's slots with its columns as plain text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, JsonValue

from aipersona.persona.claims import Claim
from aipersona.prompts import prompt
from aipersona.schema.fields import FieldSpec, Schema, Slot

NO_LONGER = "no_longer"
"""The slot of every form for what has ended, whatever field it is in; code finds the claim that is meant."""

MOST_FACTS = 3
VALUE_CHARACTERS = 80


class Example(BaseModel):
    """One worked example: what was said, and the facts noted, each with its slot and columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    said: str
    facts: tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class FormSlot:
    """A slot of the form, the field that it fills and the columns that it asks for (`value` for a plain field)."""

    name: str
    spec: FieldSpec
    slot: Slot
    columns: tuple[str, ...]

    @property
    def is_dated(self) -> bool:
        """Whether its rows are over after their day, as appointments are."""
        return any(column.over_after for column in self.spec.columns.values())


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form for a schema: `messages` up to the statement, `schema` of the answer, the slots by name."""

    messages: tuple[Mapping[str, str], ...]
    schema: Mapping[str, JsonValue]
    slots: Mapping[str, FormSlot]

    def asked(self, statement: str) -> list[Mapping[str, str]]:
        """The messages that ask about one statement."""
        return [*self.messages, {"role": "user", "content": statement}]

    def slot_of(self, claim: Claim) -> FormSlot | None:
        """The slot that would have made a claim: of its field, and with its fixed columns."""
        for slot in self.slots.values():
            if slot.spec.path == claim.path and slot.slot.op != "remove":
                fixed = slot.slot.fixed.items()
                if claim.kind != "records" or all(claim.row.get(column) == value for column, value in fixed):
                    return slot
        return None


def form_for(schema: Schema) -> Form:
    """The form that asks for every field of the schema that forms may ask for."""
    slots = {slot.name: slot for spec in schema.fields if spec.in_forms for slot in _slots(spec, schema)}
    lines = [f"- {slot.name} ({', '.join(slot.columns)}): {_description(slot)}" for slot in slots.values()]
    lines.append(f"- {NO_LONGER} (value): something about the user that was so and is no longer so")
    system = prompt("slots").render(slots="\n".join(lines))
    messages: list[Mapping[str, str]] = [{"role": "system", "content": system}]
    for example in _examples():
        if all(fact["slot"] in slots or fact["slot"] == NO_LONGER for fact in example.facts):
            messages.append({"role": "user", "content": example.said})
            answer = json.dumps({"facts": list(example.facts)}, ensure_ascii=False)
            messages.append({"role": "assistant", "content": answer})
    return Form(messages=tuple(messages), schema=_json_schema(list(slots.values())), slots=slots)


def _slots(spec: FieldSpec, schema: Schema) -> list[FormSlot]:
    if spec.slots:
        return [
            FormSlot(name=name, spec=spec, slot=slot, columns=slot.columns or tuple(spec.columns))
            for name, slot in spec.slots.items()
        ]
    leaf = spec.path.rpartition(".")[2]
    unique = sum(other.path.rpartition(".")[2] == leaf for other in schema.fields) == 1
    columns = tuple(spec.columns) if spec.kind == "records" else ("value",)
    return [FormSlot(name=leaf if unique else spec.path.replace(".", "_"), spec=spec, slot=Slot(), columns=columns)]


def _description(slot: FormSlot) -> str:
    choices = f" ({' or '.join(slot.spec.choices)})" if slot.spec.choices else ""
    return (slot.slot.description or slot.spec.description) + choices


def _json_schema(slots: Sequence[FormSlot]) -> dict[str, JsonValue]:
    text: dict[str, JsonValue] = {"type": "string", "maxLength": VALUE_CHARACTERS}
    facts: list[JsonValue] = [_object({"slot": {"const": s.name}, **dict.fromkeys(s.columns, text)}) for s in slots]
    facts.append(_object({"slot": {"const": NO_LONGER}, "value": text}))
    return _object({"facts": {"type": "array", "items": {"anyOf": facts}, "maxItems": MOST_FACTS}})


def _object(properties: dict[str, JsonValue]) -> dict[str, JsonValue]:
    required: list[JsonValue] = list(properties)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


@cache
def _examples() -> tuple[Example, ...]:
    import yaml

    text = resources.files("aipersona.prompts").joinpath("slots_examples.yaml").read_text("utf-8")
    return tuple(Example.model_validate(item) for item in yaml.safe_load(text))

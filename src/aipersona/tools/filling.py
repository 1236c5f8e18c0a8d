"""Persona in the arguments: which parameters of a tool may be filled from what is known of the user, and with what.

In: the tool's JSON schema, the arguments that the model gave, the persona. Out: the arguments with what was missing,
and what was filled from which field. A parameter says which field it takes (`FromPersona`), or its name or description
says it plainly. What the model gave stays. What is of a special category never goes to a tool; what is personal goes
only to tools that are trusted with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, cast

from pydantic import BaseModel, JsonValue, ValidationError

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim, plain_text
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema

KEY = "x-aipersona-field"
"""Where a parameter's JSON schema names the fields that fill it, the first that holds something first."""

Trust = Literal["own", "other"]
"""Whose tools they are: the application's own functions, or a server's of somebody else's."""


class FromPersona:
    """Marks a parameter of a tool as one to fill from the persona where the model leaves it out.

        def restaurants(city: Annotated[str, FromPersona("situation.location", "demographics.residence.city")]): ...

    Of several fields the first that holds something is taken. Of a record field, `where` picks the row by its columns
    and `column` the value: FromPersona("finances.budgets", where={"category": "restaurants"}, column="limit").
    """

    def __init__(self, *paths: str, where: Mapping[str, str] | None = None, column: str | None = None) -> None:
        if not paths:
            raise ValueError("FromPersona needs the path of a field")
        self.paths, self.where, self.column = paths, dict(where or {}), column

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        schema: dict[str, Any] = dict(handler(core_schema))
        schema[KEY] = {"paths": list(self.paths), "where": self.where, "column": self.column}
        return schema


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a parameter's value may come from; `declared` by the tool, or read from its name and description."""

    paths: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    column: str | None = None
    declared: bool = True


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One argument that was filled: from a field of the persona, and since when that holds, where it is known; or from
    what the user just said."""

    parameter: str
    value: JsonValue
    path: str
    since: date | None = None


class Found(NamedTuple):
    """The value that a field has for a parameter."""

    path: str
    value: JsonValue
    since: date | None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What there is to fill from: the persona on a day, and what holds in the running session only, by path."""

    persona: Persona
    schema: Schema
    day: date
    just_said: Mapping[str, JsonValue]

    def value(self, source: Source, parameter: Mapping[str, Any], trust: Trust) -> Found | None:
        """The value for a parameter; None where nothing fits or may go there."""
        for path in source.paths:
            spec = self.schema.get(path)
            if spec is None or not may_go(spec, trust):
                continue
            said = self.just_said.get(path)
            claims = _meant(self.persona.holding(path, self.day), source) if said is None else []
            values = [claim.value if source.column is None else claim.row[source.column] for claim in claims]
            value = fitting(values if said is None else [said], parameter)
            if value is not None:
                since = max((claim.valid_from for claim in claims if claim.valid_from is not None), default=None)
                return Found(path, value, since)
        return None


def sources(parameters: Mapping[str, Any], schema: Schema) -> dict[str, Source]:
    """The parameters of a tool that may be filled, by name; `parameters` is the JSON schema of its arguments."""
    found: dict[str, Source] = {}
    properties: Mapping[str, Any] = parameters.get("properties", {})
    for name, spec in properties.items():
        source = _declared(spec) if KEY in spec else _described(name, str(spec.get("description", "")), schema)
        if source is not None:
            found[name] = source
    return found


def fill(
    given: Mapping[str, Any], parameters: Mapping[str, Any], known: Known, trust: Trust
) -> tuple[dict[str, Any], tuple[Filled, ...]]:
    """The arguments with what is missing, as far as something fits, and what was filled."""
    arguments = {name: value for name, value in given.items() if value is not None and value != ""}
    filled: list[Filled] = []
    for name, source in sources(parameters, known.schema).items():
        if name in arguments:
            continue
        found = known.value(source, parameters["properties"][name], trust)
        if found is not None:
            arguments[name] = found.value
            filled.append(Filled(parameter=name, value=found.value, path=found.path, since=found.since))
    missing = {name: given[name] for name in given if name not in arguments}
    return {**missing, **arguments}, tuple(filled)


def fitting(values: Sequence[JsonValue], parameter: Mapping[str, Any]) -> JsonValue:
    """The values in the form of a parameter's JSON schema; None where they do not fit."""
    if not values:
        return None
    for option in _options(parameter):
        if (value := _fitting(values, option)) is not None:
            return value
    return None


def _fitting(values: Sequence[JsonValue], option: Mapping[str, Any]) -> JsonValue:
    if "enum" in option:
        texts = {plain_text(value).casefold() for value in values}
        return next((choice for choice in option["enum"] if str(choice).casefold() in texts), None)
    match option.get("type"):
        case "array":
            items = option.get("items", {})
            found = [_fitting([value], items) for value in values]
            return [one for one in found if one is not None] or None
        case "number" | "integer" as kind if len(values) == 1:
            value = values[0]
            amount = value.get("amount") if isinstance(value, dict) else value
            if isinstance(amount, bool) or not isinstance(amount, int | float):
                return None
            return amount if kind == "number" else int(amount) if amount == int(amount) else None
        case "boolean" if len(values) == 1:
            return values[0] if isinstance(values[0], bool) else None
        case "string":
            return ", ".join(plain_text(value) for value in values)
        case _:
            return None


def _options(parameter: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The forms that a parameter takes: its own, or those of a union."""
    kinds = parameter.get("type")
    if isinstance(kinds, list):
        return [{**parameter, "type": kind} for kind in cast("list[str]", kinds)]
    return list(parameter.get("anyOf") or parameter.get("oneOf") or [parameter])


def _meant(claims: Sequence[Claim], source: Source) -> list[Claim]:
    """The claims whose values are meant; of rows only one can be."""
    if source.column is None:
        return [claim for claim in claims if claim.kind != "records"]
    rows = [
        claim
        for claim in claims
        if claim.kind == "records"
        and claim.row.get(source.column) is not None
        and all(_says(plain_text(claim.row.get(column)), wanted) for column, wanted in source.where)
    ]
    return rows if len(rows) == 1 else []


def _says(text: str, wanted: str) -> bool:
    """Whether a column is what is wanted, or holds its words; "like" is a stance, though it is no content word."""
    if wanted and text.strip().casefold() == wanted.strip().casefold():
        return True
    return bool(words_of(wanted)) and words_of(wanted) <= words_of(text)


def may_go(spec: FieldSpec, trust: Trust) -> bool:
    """Whether a field's value may leave for a tool. A server that declares what it would like is not asked."""
    if spec.sensitivity == "special":
        return False
    return spec.sensitivity == "open" or trust == "own"


class Wanted(BaseModel):
    """What a parameter's schema says of the field that it takes."""

    paths: tuple[str, ...]
    where: Mapping[str, str] | None = None
    column: str | None = None


def _declared(parameter: Mapping[str, Any]) -> Source | None:
    """The source that a parameter names; None for what is none: a server may have its own use of the key."""
    said = parameter[KEY]
    try:
        wanted = Wanted.model_validate({"paths": [said]} if isinstance(said, str) else said)
    except ValidationError:
        return None
    return Source(paths=wanted.paths, where=tuple((wanted.where or {}).items()), column=wanted.column)


_OF_THE_USER = re.compile(r"\b(?:user(?:'s)?|customer(?:'s)?|your|their own|my|home)\b", re.IGNORECASE)


def _described(name: str, description: str, schema: Schema) -> Source | None:
    """The field that a parameter is plainly about: its name is that of the field, or one of the field's other names.

    What tells who somebody is (a name, a birthday, an income) must be said to be the user's: a contact has a name, too.
    """
    plain = " ".join(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))
    bare = re.sub(r"^(?:user|my|home|current|customer) ", "", plain)
    for spec in schema.fields:
        if spec.kind == "records" or spec.type == "bool":
            continue
        own = {spec.path.rpartition(".")[2].replace("_", " "), *spec.names}
        if bare not in own and plain not in own:
            continue
        if spec.sensitivity == "personal" and not spec.core and not _OF_THE_USER.search(f"{plain} {description}"):
            return None
        if spec.path.endswith(".name") and not _OF_THE_USER.search(f"{plain} {description}"):
            return None
        return Source(paths=(*_here(spec, schema, plain), spec.path), declared=False)
    return None


def _here(spec: FieldSpec, schema: Schema, plain: str) -> tuple[str, ...]:
    """Before where somebody lives comes where they are for a few days, unless it is about their home."""
    if not spec.residence or "home" in plain.split() or spec.path.endswith("country"):
        return ()
    return tuple(one.path for one in schema.fields if one.type == "place" and one.volatility == "momentary")

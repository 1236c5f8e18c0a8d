"""What of a life a scene needs on a day: which facts fill its personal arguments, and with what value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from personabench.generation.life import Fact, Life
from personabench.generation.material.occupations import is_work
from personabench.generation.scene import Asked, Holder, Scene


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A personal argument and the facts that may fill it: one, or any of several items of a set."""

    asked: Asked
    facts: tuple[Fact, ...]

    @property
    def values(self) -> list[JsonValue]:
        return [argument_of(fact, self.asked) for fact in self.facts]


def can_happen(scene: Scene, life: Life, day: date) -> bool:
    """Whether the person is in the position for a scene on a day, and what it cannot do without is so."""
    if not _holds(scene.holder, life, day):
        return False
    return all(filled_by(asked, life, day) is not None for asked in scene.asked if asked.required)


def filled_by(asked: Asked, life: Life, day: date) -> Filled | None:
    """The facts that fill an argument; None where none does, or where two rows do and only the person knows which."""
    for path in asked.paths:
        facts = [fact for fact in life.at(path, day) if fact.reveal != "shown" and _is_row(fact, asked)]
        if not facts:
            continue
        if facts[0].kind != "set" and len(facts) > 1:
            return None
        return Filled(asked=asked, facts=tuple(facts))
    return None


def argument_of(fact: Fact, asked: Asked) -> JsonValue:
    """A fact's value as an argument: of money the amount, of a row its column."""
    value = fact.value
    if asked.column is not None and isinstance(value, dict):
        value = value[asked.column]
    if isinstance(value, dict) and "amount" in value:
        value = value["amount"]
    return value


def _is_row(fact: Fact, asked: Asked) -> bool:
    if asked.column is None:
        return True
    row = fact.value
    if not isinstance(row, dict) or row.get(asked.column) is None:
        return False
    return all(row.get(column) == wanted for column, wanted in asked.where)


def _holds(holder: Holder, life: Life, day: date) -> bool:
    match holder:
        case "everybody":
            return True
        case "with a partner":
            return "partner" in _kin(life.at("demographics.household", day))
        case "with children":
            return "child" in _kin(life.at("demographics.household", day))
        case "with an interest":
            return bool(life.at("personality.interests", day))
        case "with a job":
            return any(is_work(str(fact.value)) for fact in life.at("demographics.occupation", day))


def _kin(rows: Sequence[Fact]) -> set[str]:
    return {str(fact.value.get("who")) for fact in rows if isinstance(fact.value, dict)}

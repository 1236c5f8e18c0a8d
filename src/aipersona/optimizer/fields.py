"""Which field a draft means: a declared one, a learned one under any of its names, or a new one to learn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from aipersona.errors import first_cause
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.ground import NotAccepted
from aipersona.optimizer.policy import is_special
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema

_NUMBER = re.compile(r"\d+")
SAME_NAME = 88
"""Similarity (0 to 100) of two names from which they are one field: spelling and word order, not meaning."""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The field, and whether it must be learned first."""

    spec: FieldSpec
    new: bool = False


def resolve_field(draft: DraftEdit, persona: Persona, schema: Schema) -> Resolved:
    """The field that a draft's path means.

    Raises: NotAccepted for a path that is not known and may not be learned.
    """
    known = schema.with_learned(entry.spec for entry in persona.learned)
    if spec := field_meant(draft.path, known):
        return Resolved(spec=spec)
    path = _normal(draft.path)
    if not known.learnable(path):
        near = known.near(path)
        raise NotAccepted("unknown_field", f"near: {', '.join(near)}" if near else "")
    if draft.op in ("remove", "end", "update", "confirm"):
        raise NotAccepted("unknown_field", "nothing is known there that could change")
    return Resolved(spec=_new_field(path, draft, known), new=True)


def field_meant(path: str, known: Schema) -> FieldSpec | None:
    """The known field that a path means: by its own name, or by one that is the same but for spelling."""
    return known.get(_normal(path)) or _same_field(_normal(path), known)


def is_special_path(path: str, known: Schema) -> bool:
    """Whether a path that is no known field speaks of a special category, or lies among nothing but such fields."""
    beside = [spec for spec in known.fields if spec.section == _normal(path).partition(".")[0]]
    return is_special(path) or (bool(beside) and all(spec.sensitivity == "special" for spec in beside))


def _normal(path: str) -> str:
    return path.strip().lower()


def _same_field(path: str, known: Schema) -> FieldSpec | None:
    """The known field of the same section whose name is the same but for spelling and word order.

    Or else the only one in it that ends in the name: `demographics.city` means the city of residence, while
    `demographics.pet.name` is not the user's name.
    """
    section, _, rest = path.partition(".")
    beside = [spec for spec in known.fields if spec.section == section]
    scored = [(_likeness(_words(rest), _words(spec.path.partition(".")[2])), spec) for spec in beside]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if score >= SAME_NAME:
        return best
    ending = [spec for spec in beside if spec.path.endswith(f".{rest}")] if rest else []
    return ending[0] if len(ending) == 1 else None


def _likeness(a: str, b: str) -> float:
    """How alike two names are, 0 to 100; with other numbers in them they name other things."""
    return fuzz.token_sort_ratio(a, b) if _NUMBER.findall(a) == _NUMBER.findall(b) else 0.0


def _words(path: str) -> str:
    return path.replace(".", " ").replace("_", " ")


def _new_field(path: str, draft: DraftEdit, known: Schema) -> FieldSpec:
    name = _words(path.partition(".")[2])
    try:
        return FieldSpec(
            path=path,
            description=name,
            kind="set" if draft.op == "add" or isinstance(draft.value, list) else "scalar",
            sensitivity="special" if is_special_path(path, known) else "personal",
            learned=True,
        )
    except ValueError as error:
        raise NotAccepted("unknown_field", first_cause(error)) from None

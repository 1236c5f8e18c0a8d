"""Which field a draft means: a declared one, a learned one under any of its names, or a new one to learn."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from aipersona.errors import first_cause
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.ground import NotAccepted
from aipersona.optimizer.policy import is_special
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema

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
    path = draft.path.strip().lower()
    if spec := known.get(path):
        return Resolved(spec=spec)
    if spec := _same_field(path, known):
        return Resolved(spec=spec)
    if not known.learnable(path):
        near = known.near(path)
        raise NotAccepted("unknown_field", f"near: {', '.join(near)}" if near else "")
    if draft.op in ("remove", "end", "update", "confirm"):
        raise NotAccepted("unknown_field", "nothing is known there that could change")
    return Resolved(spec=_new_field(path, draft), new=True)


def _same_field(path: str, known: Schema) -> FieldSpec | None:
    """A known field of the same section whose name is the same but for spelling, word order or nesting."""
    section, _, rest = path.partition(".")
    name = _words(rest)
    best: tuple[float, FieldSpec] | None = None
    for spec in known.fields:
        if spec.section != section:
            continue
        own = _words(spec.path.partition(".")[2])
        score = max(fuzz.token_sort_ratio(name, own), 100.0 if _leaf(path) == _leaf(spec.path) else 0.0)
        if score >= SAME_NAME and (best is None or score > best[0]):
            best = (score, spec)
    return best[1] if best else None


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def _words(path: str) -> str:
    return path.replace(".", " ").replace("_", " ")


def _new_field(path: str, draft: DraftEdit) -> FieldSpec:
    name = _words(path.partition(".")[2])
    try:
        return FieldSpec(
            path=path,
            description=name,
            kind="set" if draft.op == "add" or isinstance(draft.value, list) else "scalar",
            sensitivity="special" if is_special(name) else "personal",
            learned=True,
        )
    except ValueError as error:
        raise NotAccepted("unknown_field", first_cause(error)) from None

"""Learned fields that turn out to be the same: by name, by all that both hold now, by meaning, or as a model says.

The one learned first stays, but a set before a single value, which moves into it. Where a revert has undone a merge,
the two stay apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from aipersona.optimizer.consolidation.meaning import Likeness, Meant, learned_fields, nearness
from aipersona.optimizer.consolidation.refusals import Refusals
from aipersona.optimizer.consolidation.same_fields import why_not
from aipersona.optimizer.fields import MOST_NAMES
from aipersona.optimizer.same_field import Stated, field_named, field_shown
from aipersona.persona.apply import apply
from aipersona.persona.edits import Edit, LearnEdit, MergeEdit
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.schema.inference import later_reading


def mergers(
    persona: Persona,
    schema: Schema,
    day: date,
    refused: Refusals,
    likeness: Likeness | None = None,
    same: Collection[frozenset[str]] = (),
) -> list[Edit]:
    """The edits that merge the learned fields that mean one thing: by their words, by `likeness`, and those pairs of
    paths that are said to be the `same` and may be."""
    edits: list[Edit] = []
    meant = _by_path(persona, schema)
    now_at: dict[str, str] = {}
    for entry in reversed(persona.learned):
        spec = next((found.spec for found in persona.learned if found.id == entry.id), None)
        if spec is None or not spec.learned:
            continue
        others = _others(spec, persona, schema, refused)
        other = _same(spec, persona, schema.of(others), day) if others else None
        if other is None and likeness is not None:
            other = _nearest(spec, others, meant, likeness)
        if other is None:
            pairs = [frozenset(now_at.get(path, path) for path in pair) for pair in same]
            other = _said_same(spec, others, meant, pairs, likeness)
        if other is None:
            continue
        out, into = (other, spec) if (other.kind, spec.kind) == ("scalar", "set") else (spec, other)
        made: list[Edit] = [
            LearnEdit(op="learn", spec=_widened(into, out, persona)),
            MergeEdit(op="merge", path=out.path, into=into.path, reason="the same field"),
        ]
        persona = apply(persona, made, revision=persona.revision)
        meant = _by_path(persona, schema)
        now_at = {path: into.path if at == out.path else at for path, at in now_at.items()} | {out.path: into.path}
        edits.extend(made)
    return edits


def _by_path(persona: Persona, schema: Schema) -> Mapping[str, Meant]:
    return {field.spec.path: field for field in learned_fields(persona, schema)}


def _others(spec: FieldSpec, persona: Persona, schema: Schema, refused: Refusals) -> list[FieldSpec]:
    """The learned fields that may be the same."""
    if spec.path in schema.by_path:
        return []
    return [
        entry.spec
        for entry in persona.learned
        if entry.spec.learned
        and entry.spec.path not in schema.by_path
        and entry.spec.path != spec.path
        and entry.spec.sensitivity == spec.sensitivity
        and frozenset((entry.spec.path, spec.path)) not in refused.merged
    ]


def _same(spec: FieldSpec, persona: Persona, known: Schema, day: date) -> FieldSpec | None:
    """The known field that means the same by its words; None if there is none."""
    for name in (spec.path, *(f"{spec.section}.{name.replace(' ', '_')}" for name in spec.names)):
        if (found := field_named(name, known)) is not None:
            return found
    return _shown(spec, persona, known, day)


def _nearest(
    spec: FieldSpec, others: Sequence[FieldSpec], meant: Mapping[str, Meant], likeness: Likeness
) -> FieldSpec | None:
    """The field that is nearest in meaning, of those that are near enough."""
    if (own := meant.get(spec.path)) is None:
        return None
    fields = [(other, meant[other.path]) for other in others if other.path in meant]
    found = [(near, other) for other, field in fields if (near := nearness(own, field, likeness)) is not None]
    return max(found, key=lambda one: one[0])[1] if found else None


def _said_same(
    spec: FieldSpec,
    others: Sequence[FieldSpec],
    meant: Mapping[str, Meant],
    same: Collection[frozenset[str]],
    likeness: Likeness | None,
) -> FieldSpec | None:
    """The first field that is said to be the same; what was merged before may tell them apart by now."""
    for other in others:
        if frozenset((spec.path, other.path)) in same and spec.path in meant and other.path in meant:
            return other if why_not(meant[spec.path], meant[other.path], likeness) is None else None
    return None


def _shown(spec: FieldSpec, persona: Persona, known: Schema, day: date) -> FieldSpec | None:
    """The field that holds all that this one holds, where the words say that it is the same thing."""
    found: set[str] = set()
    for claim in persona.holding(spec.path, day):
        turns = frozenset((evidence.session_id, evidence.turn) for evidence in claim.evidence)
        quote = " ".join(evidence.quote for evidence in claim.evidence)
        stated = Stated(path=spec.path, value=claim.value, quote=quote, turns=turns, day=day)
        other = field_shown(stated, persona, known)
        if other is None:
            return None
        found.add(other.path)
    return known.get(found.pop()) if len(found) == 1 else None


def _widened(into: FieldSpec, out: FieldSpec, persona: Persona) -> FieldSpec:
    """The field that stays, with the names of the one that goes, wide enough for its values."""
    wide = into
    for claim in persona.by_path.get(out.path, ()):
        reading = later_reading(claim.value, wide, claim.said_at.date())
        wide = wide.model_copy(update={"type": reading.type})
    return wide.model_copy(update={"names": _names(into, out)})


def _names(into: FieldSpec, out: FieldSpec) -> Sequence[str]:
    own = out.path.partition(".")[2].replace(".", " ").replace("_", " ")
    met = dict.fromkeys((*into.names, own, *out.names))
    return tuple(name for name in met if name)[:MOST_NAMES]

"""The persona: the fold of a user's revisions, readable as a plain nested dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim, Entry, LearnedField, Question, value_key


@dataclass(frozen=True, kw_only=True)
class Persona:
    """All that is believed about a user at one revision, what held earlier included.

    Entries are immutable; `entries` must not be changed in place: `edits.apply` makes the next persona.
    """

    user_id: str
    revision: int = 0
    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim, closed and retracted ones included, in the order in which they were made."""
        return tuple(sorted((e for e in self.entries.values() if isinstance(e, Claim)), key=_order))

    @cached_property
    def by_path(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims of each path, oldest first."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.path, []).append(claim)
        return {path: tuple(claims) for path, claims in found.items()}

    @cached_property
    def claims_by_word(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims by the content words of their values."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            for word in words_of(claim.words):
                found.setdefault(word, []).append(claim)
        return {word: tuple(claims) for word, claims in found.items()}

    @cached_property
    def claims_by_turn(self) -> Mapping[tuple[str, int], tuple[Claim, ...]]:
        """The claims by the turns (session id, number) that state them."""
        found: dict[tuple[str, int], list[Claim]] = {}
        for claim in self.claims:
            for evidence in claim.evidence:
                found.setdefault((evidence.session_id, evidence.turn), []).append(claim)
        return {turn: tuple(claims) for turn, claims in found.items()}

    def is_outdated(self, session_id: str, turn: int, day: date) -> bool:
        """Whether a turn states something, and nothing that it states holds on `day` any more."""
        stated = self.claims_by_turn.get((session_id, turn), ())
        return bool(stated) and not any(claim in self.holding(claim.path, day) for claim in stated)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The open questions in the order in which they came up."""
        return tuple(sorted((e for e in self.entries.values() if isinstance(e, Question)), key=_order))

    @cached_property
    def learned(self) -> tuple[LearnedField, ...]:
        """The fields learned so far, oldest first; those of one revision by path."""
        found = (e for e in self.entries.values() if isinstance(e, LearnedField) and e.merged_into is None)
        return tuple(sorted(found, key=lambda f: (f.recorded, f.id)))

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """The paths of the learned fields that were merged into others, with the paths that stand for them now."""
        fields = (e for e in self.entries.values() if isinstance(e, LearnedField))
        merged = {field.spec.path: field.merged_into for field in fields if field.merged_into is not None}
        return {path: _last(path, merged) for path in merged}

    def question(self, question_id: str) -> Question | None:
        found = self.entries.get(question_id)
        return found if isinstance(found, Question) else None

    def holding(self, path: str, day: date) -> tuple[Claim, ...]:
        """The claims that hold at a path on a day: at most one of a scalar, one of each value or row else."""
        latest: dict[str, Claim] = {}
        for claim in self.by_path.get(path, ()):
            if claim.covers(day):
                slot = slot_of(claim)
                if slot not in latest or said_order(latest[slot]) < said_order(claim):
                    latest[slot] = claim
        return tuple(latest.values())

    def current(self, path: str, day: date) -> Claim | None:
        """The one claim of a scalar field that holds on a day."""
        return next(iter(self.holding(path, day)), None)

    def history(self, path: str) -> tuple[Claim, ...]:
        """Every claim ever made at a path or below it, oldest first; an alias stands for its field."""
        path = self.aliases.get(path, path)
        below = f"{path}."
        return tuple(claim for claim in self.claims if claim.path == path or claim.path.startswith(below))

    def all_holding(self, day: date) -> Iterator[Claim]:
        """The claims that hold on a day, path by path."""
        for path in self.by_path:
            yield from self.holding(path, day)

    def as_dict(self, day: date) -> dict[str, JsonValue]:
        """The persona on a day as a nested dictionary: scalars as values, sets as lists, records as lists of rows.

        A row has its columns and its `id`. Paths without a value on that day are absent. Where a schema has changed,
        the kind said last shows; and where a path lies inside another that holds a value, the rest of it is one key.
        """
        nested: dict[str, JsonValue] = {}
        sections: dict[str, dict[str, JsonValue]] = {}
        for path in sorted(self.by_path):
            held = self.holding(path, day)
            if not held:
                continue
            place, leaf, above = nested, path, ""
            while "." in leaf:
                word, _, rest = leaf.partition(".")
                above = f"{above}.{word}"
                if above not in sections:
                    if word in place:
                        break
                    place[word] = sections[above] = {}
                place, leaf = sections[above], rest
            place[leaf] = _shown(held)
        return nested


def _last(path: str, merged: Mapping[str, str]) -> str:
    """Where a chain of merged fields ends."""
    seen: set[str] = set()
    while path in merged and path not in seen:
        seen.add(path)
        path = merged[path]
    return path


def _shown(held: tuple[Claim, ...]) -> JsonValue:
    """What a path shows for the claims that hold there; a copy, since whoever reads it may change it."""
    kind = max(held, key=said_order).kind
    if kind == "scalar":
        return _copy(next(claim.value for claim in held if claim.kind == kind))
    if kind == "set":
        return [_copy(claim.value) for claim in held if claim.kind == kind]
    return [
        {"id": claim.record_id, **{k: _copy(v) for k, v in claim.row.items()}} for claim in held if claim.kind == kind
    ]


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def slot_of(claim: Claim) -> str:
    """What a claim competes for within its path: the one place of a scalar, its value in a set, its row."""
    if claim.kind == "scalar":
        return ""
    return value_key(claim.value) if claim.kind == "set" else claim.record_id or ""


def said_order(claim: Claim) -> tuple[object, ...]:
    """Later is stronger: by when it was said, then by when it was recorded."""
    return (claim.said_at, *_order(claim))


def _order(entry: Claim | Question) -> tuple[int, int]:
    return order_of(entry.id)


def order_of(entry_id: str) -> tuple[int, int]:
    """Where the edit that made a claim or a question stands: its revision, and its place in it."""
    revision, _, index = entry_id.partition(".")
    return int(revision), int(index)

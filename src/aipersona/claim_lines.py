"""Claims as the lines of a context: what, since when, how it is known; rows that share columns stand together.

- residence city: Lisbon (since 2026-03-14)
- tastes, like, actors: Joan Crawford (since 2025-06-05); Buster Keaton (since 2025-07-01)
- documents, email to the board:
  - key points: growth of 40 % (since 2025-06-03); two partners (since 2025-06-03)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aipersona.persona.claims import RANK, Claim, plain_text
from aipersona.schema.fields import FieldSpec, Schema

HEADED = 3
"""From so many columns on, rows that share the first one get it as their heading."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of text and the claims that it shows; `heading` is the line that must stand above it.

    `fields` are the paths of what it was computed from where it shows no claims.
    """

    text: str
    claims: tuple[Claim, ...] = ()
    fields: tuple[str, ...] = ()
    heading: str | None = None


def claim_lines(claims: Iterable[Claim], schema: Schema, day: date) -> list[Line]:
    """The lines of claims, in the order in which their first claims come."""
    groups: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        groups.setdefault(_group(claim, schema.field(claim.path)), []).append(claim)
    headed = _headed(groups.values(), schema)
    lines: list[Line] = []
    for members in _in_order(list(groups.values()), schema, headed):
        spec = schema.field(members[0].path)
        if len(members) == 1 and _head(members[0], spec) not in headed:
            lines.append(
                Line(
                    text=f"- {_name(spec)}: {plain_text(members[0].value)}{_marks(members[0], day)}",
                    claims=(members[0],),
                )
            )
            continue
        lines.append(_together(members, spec, day, headed))
    return lines


def _together(members: Sequence[Claim], spec: FieldSpec, day: date, headed: frozenset[tuple[str, str]]) -> Line:
    """One line for rows that differ in one column only."""
    varying = _varying(spec)
    head = _head(members[0], spec)
    shared = [
        plain_text(value)
        for name, value in members[0].row.items()
        if name != varying and value is not None and not (head in headed and name == next(iter(spec.columns)))
    ]
    texts = [f"{plain_text(claim.row.get(varying or ''))}{_marks(claim, day)}" for claim in members]
    if head in headed:
        heading = f"- {_name(spec)}, {head[1]}:"
        return Line(text=f"  - {', '.join(shared)}: {'; '.join(texts)}", claims=tuple(members), heading=heading)
    return Line(text=f"- {', '.join((_name(spec), *shared))}: {'; '.join(texts)}", claims=tuple(members))


def _group(claim: Claim, spec: FieldSpec) -> tuple[str, ...]:
    """What claims must share to stand on one line; a claim that stands alone shares only its id."""
    varying = _varying(spec)
    if claim.kind != "records" or varying is None or claim.row.get(varying) is None:
        return (claim.path, claim.id)
    rest = (f"{name} {plain_text(value)}" for name, value in claim.row.items() if name != varying and value is not None)
    return (claim.path, *rest)


def _varying(spec: FieldSpec) -> str | None:
    """The column in which rows on one line differ: the last one of the key, where rows have one."""
    return spec.key[-1] if spec.kind == "records" and spec.key else None


def _head(claim: Claim, spec: FieldSpec) -> tuple[str, str]:
    first = next(iter(spec.columns), "") if claim.kind == "records" else ""
    return (spec.path, plain_text(claim.row.get(first)) if first else claim.id)


def _headed(groups: Iterable[Sequence[Claim]], schema: Schema) -> frozenset[tuple[str, str]]:
    """The first columns that head several lines."""
    seen: dict[tuple[str, str], int] = {}
    for members in groups:
        spec = schema.field(members[0].path)
        if (
            members[0].kind == "records"
            and len(spec.columns) >= HEADED
            and _varying(spec)
            not in (
                None,
                next(iter(spec.columns)),
            )
        ):
            head = _head(members[0], spec)
            seen[head] = seen.get(head, 0) + 1
    return frozenset(head for head, lines in seen.items() if lines > 1)


def _in_order(groups: list[list[Claim]], schema: Schema, headed: frozenset[tuple[str, str]]) -> list[list[Claim]]:
    """The groups with those under one heading next to each other, where the first of them stands."""
    places: dict[tuple[str, str], int] = {}
    for place, members in enumerate(groups):
        places.setdefault(_head(members[0], schema.field(members[0].path)), place)
    order = sorted(
        range(len(groups)),
        key=lambda i: (
            places[head] if (head := _head(groups[i][0], schema.field(groups[i][0].path))) in headed else i,
            i,
        ),
    )
    return [groups[i] for i in order]


def _name(spec: FieldSpec) -> str:
    return spec.path.partition(".")[2].replace(".", " ").replace("_", " ") or spec.path


def _marks(claim: Claim, day: date) -> str:
    """ " (since 2026-03-14, inferred, may be out of date)" """
    marks: list[str] = []
    if claim.valid_from is not None:
        marks.append(f"since {claim.valid_from}")
    if claim.valid_to is not None:
        marks.append(f"until {claim.valid_to}")
    if RANK[claim.authority] < RANK["told"]:
        marks.append(claim.authority)
    if claim.is_stale(day):
        marks.append("may be out of date")
    return f" ({', '.join(marks)})" if marks else ""

"""JSON Patch (RFC 6902), out and in: the difference of two personas, and a patch as statements about fields.

A patch that comes in is applied to the persona as it was shown, exactly as the RFC says; what differs afterwards, field
by field, are the statements that it makes. So it does not matter how a patch says it, by which positions or moves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

import jsonpatch
from pydantic import JsonValue

from aipersona.errors import InvalidEdit, InvalidInput
from aipersona.schema.fields import FieldSpec, Schema

JsonPatch = list[dict[str, JsonValue]]
Document = dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One statement out of a patch: `set`, `add` or `update` with a value, or `remove` of one."""

    op: Literal["set", "add", "update", "remove"]
    path: str
    value: JsonValue = None


def patch_between(before: Document, after: Document) -> JsonPatch:
    """The patch from one nested dictionary to another."""
    patch: Any = jsonpatch.make_patch(before, after)
    return list(patch.patch)


def changes_of(patch: JsonPatch, shown: Document, schema: Schema) -> list[Change]:
    """The statements that a patch of the dictionary `shown` makes, field by field.

    A field of the schema that holds nothing yet may be added to, or replaced, without its sections being there. A
    value that is given again as it stands is a statement, too: it confirms.

    Raises: InvalidInput for an operation or place that has no meaning in a persona; InvalidEdit for a `test` that does
    not hold; UnknownField.
    """
    wanted, said = _patched(patch, shown, schema)
    before, after = dict(_leaves(shown, schema)), dict(_leaves(wanted, schema))
    changes: list[Change] = []
    for path in dict.fromkeys([*before, *after]):
        old, new = before.get(path), after.get(path)
        if old == new and path not in said:
            continue
        spec = schema.field(path)
        if spec.kind == "scalar":
            changes.append(Change(op="remove", path=path) if new is None else Change(op="set", path=path, value=new))
        else:
            changes.extend(_list_changes(spec, _items(old, path), _items(new, path)))
    return changes


def _patched(patch: JsonPatch, shown: Document, schema: Schema) -> tuple[Document, set[str]]:
    """The dictionary after the patch, and the scalar fields that it gives a value, the same one perhaps."""
    document: Any = deepcopy(shown)
    said: set[str] = set()
    for number, operation in enumerate(patch, start=1):
        operation = dict(operation)
        spec = _field_at(operation.get("path"), schema)
        if spec is not None and operation.get("op") in ("add", "replace"):
            is_there = _make_place(document, spec)
            if spec.kind == "scalar" and _pointer(spec) == operation["path"]:
                operation["op"] = "replace" if is_there else "add"
                said.add(spec.path)
        try:
            document = jsonpatch.apply_patch(document, [operation], in_place=True)
        except jsonpatch.JsonPatchTestFailed:
            raise InvalidEdit("the persona is not what the patch expects: read it again") from None
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
            cause = type(error).__name__
            raise InvalidInput(f"operation {number} of the patch has no meaning in this persona ({cause})") from None
    if not isinstance(document, dict):
        raise InvalidInput("a persona is an object: patch what is in it")
    return document, said  # pyright: ignore[reportUnknownVariableType]


def _pointer(spec: FieldSpec) -> str:
    return f"/{spec.path.replace('.', '/')}"


def _field_at(pointer: JsonValue, schema: Schema) -> FieldSpec | None:
    """The field that a pointer leads to or into."""
    if not isinstance(pointer, str):
        return None
    parts = pointer[1:].split("/")
    found = (schema.get(".".join(parts[:end])) for end in range(1, len(parts) + 1))
    return next((spec for spec in found if spec is not None), None)


def _make_place(document: Any, spec: FieldSpec) -> bool:
    """Make the sections of a field, and the empty list of a set or record field; whether the field was there."""
    *sections, leaf = spec.path.split(".")
    for section in sections:
        if not isinstance(document, dict):
            return False
        document = document.setdefault(section, {})  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if not isinstance(document, dict):
        return False
    is_there = leaf in document
    if spec.kind != "scalar":
        document.setdefault(leaf, [])  # pyright: ignore[reportUnknownMemberType]
    return is_there


def _leaves(document: Document, schema: Schema, prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """The values in a nested dictionary by path, down to the fields of the schema and not into them."""
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and schema.get(path) is None:
            yield from _leaves(value, schema, f"{path}.")
        else:
            yield path, value


def _items(value: JsonValue, path: str) -> list[JsonValue]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"{path} holds a list")
    return value


def _list_changes(spec: FieldSpec, old: list[JsonValue], new: list[JsonValue]) -> Iterator[Change]:
    """What goes, what changes, what comes; an item or a row that only moved is none of them."""
    if spec.kind == "set":
        yield from (Change(op="remove", path=spec.path, value=item) for item in _without(old, new))
        yield from (Change(op="add", path=spec.path, value=item) for item in _without(new, old))
        return
    rows = {row["id"]: row for row in old if isinstance(row, dict) and isinstance(row.get("id"), str)}
    come: list[Change] = []
    for row in new:
        row_id = row.get("id") if isinstance(row, dict) else None
        known = rows.pop(row_id, None) if isinstance(row_id, str) else None
        if known is None or not isinstance(row, dict):
            come.append(Change(op="add", path=spec.path, value=row))
        elif known.keys() - row.keys():
            yield Change(op="remove", path=spec.path, value={"id": known["id"]})
            come.append(Change(op="add", path=spec.path, value={k: v for k, v in row.items() if k != "id"}))
        elif changed := {name: value for name, value in row.items() if known.get(name) != value}:
            come.append(Change(op="update", path=spec.path, value={"id": known["id"], **changed}))
    yield from (Change(op="remove", path=spec.path, value={"id": row_id}) for row_id in rows)
    yield from come


def _without(items: Iterable[JsonValue], others: Iterable[JsonValue]) -> list[JsonValue]:
    """The items, as often as they stand there more often than among the others."""
    left = Counter(json.dumps(item, sort_keys=True) for item in others)
    found: list[JsonValue] = []
    for item in items:
        key = json.dumps(item, sort_keys=True)
        left[key] -= 1
        if left[key] < 0:
            found.append(item)
    return found

"""JSON Patch (RFC 6902), out and in: the difference of two personas, and a patch as statements about fields.

A list is addressed by position in JSON Patch. Coming in, the item or row that a patch means is the one at that
position of the persona as it was shown; going out, lists are replaced whole, so that a patch does not depend on order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import jsonpatch
from pydantic import JsonValue

from aipersona.errors import InvalidEdit, InvalidInput
from aipersona.schema.fields import FieldSpec, Schema

JsonPatch = list[dict[str, JsonValue]]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One statement out of a patch: `set`, `add` or `update` with a value, or `remove` of one."""

    op: Literal["set", "add", "update", "remove"]
    path: str
    value: JsonValue = None


def patch_between(before: dict[str, JsonValue], after: dict[str, JsonValue]) -> JsonPatch:
    """The patch from one nested dictionary to another."""
    patch: Any = jsonpatch.make_patch(before, after)
    return list(patch.patch)


def changes_of(patch: JsonPatch, shown: dict[str, JsonValue], schema: Schema) -> list[Change]:
    """The statements that a patch of the dictionary `shown` makes, in order.

    Operations add, replace, remove and test are understood; a `test` that does not hold refuses the patch.

    Raises: InvalidInput for an operation or place that has no meaning in a persona; UnknownField.
    """
    changes: list[Change] = []
    for operation in patch:
        op, pointer = operation.get("op"), operation.get("path")
        if not isinstance(pointer, str) or not pointer.startswith("/"):
            raise InvalidInput("a patch operation needs a path such as /preferences/diet")
        parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]
        if op == "test":
            if _at(shown, parts) != operation.get("value"):
                raise InvalidEdit("the persona is not what the patch expects: read it again")
            continue
        if op not in ("add", "replace", "remove"):
            raise InvalidInput("a patch may add, replace, remove and test")
        changes.extend(_changes(op, parts, operation.get("value"), shown, schema))
    return changes


def _changes(op: str, parts: list[str], value: JsonValue, shown: dict[str, JsonValue], schema: Schema) -> list[Change]:
    spec, rest = _field_at(parts, schema)
    path = spec.path
    if spec.kind == "scalar":
        if rest:
            raise InvalidInput(f"{path} holds one value: patch it whole")
        return [Change(op="remove", path=path)] if op == "remove" else [Change(op="set", path=path, value=value)]
    standing = _at(shown, parts[: len(parts) - len(rest)])
    items = standing if isinstance(standing, list) else []
    if not rest:
        gone = [Change(op="remove", path=path, value=_name(item)) for item in items if op != "add"]
        come = [Change(op="add", path=path, value=item) for item in (value if isinstance(value, list) else [])]
        return [*gone, *come] if op != "remove" else gone
    if rest[0] == "-" or (op == "add" and len(rest) == 1):
        return [Change(op="add", path=path, value=value)]
    if not rest[0].isdigit() or int(rest[0]) >= len(items):
        raise InvalidInput(f"{path} has no item {rest[0]!r}")
    item = items[int(rest[0])]
    if len(rest) == 2 and isinstance(item, dict):
        return [Change(op="update", path=path, value={"id": item["id"], rest[1]: value})]
    if op == "remove":
        return [Change(op="remove", path=path, value=_name(item))]
    if spec.kind == "records" and isinstance(value, dict) and isinstance(item, dict):
        return [Change(op="update", path=path, value={**value, "id": item["id"]})]
    return [Change(op="remove", path=path, value=item), Change(op="add", path=path, value=value)]


def _name(item: JsonValue) -> JsonValue:
    return {"id": item["id"]} if isinstance(item, dict) and "id" in item else item


def _field_at(parts: list[str], schema: Schema) -> tuple[FieldSpec, list[str]]:
    """The field that a pointer leads to or into, and what is left of the pointer."""
    for end in range(1, len(parts) + 1):
        if spec := schema.get(".".join(parts[:end])):
            return spec, parts[end:]
    return schema.field(".".join(parts)), []


def _at(shown: JsonValue, parts: list[str]) -> JsonValue:
    for part in parts:
        if isinstance(shown, dict) and part in shown:
            shown = shown[part]
        elif isinstance(shown, list) and part.isdigit() and int(part) < len(shown):
            shown = shown[int(part)]
        else:
            return None
    return shown

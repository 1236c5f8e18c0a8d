"""Schemas from where they are written: the built-in one, a YAML file, a Pydantic model."""

from __future__ import annotations

import datetime as dt
import enum
import types
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from aipersona.errors import InvalidSchema, first_cause
from aipersona.schema.fields import Column, FieldSpec, Schema, ValueType, build
from aipersona.values import Language, Money, Quantity

_SCALARS: dict[object, ValueType] = {
    str: "str",
    int: "int",
    float: "float",
    Decimal: "float",
    bool: "bool",
    dt.date: "date",
    dt.datetime: "datetime",
    Money: "money",
    Quantity: "quantity",
    Language: "language",
}


@cache
def builtin_schema() -> Schema:
    """The schema that aipersona ships; `schema/builtin.yaml` is its text."""
    text = resources.files("aipersona.schema").joinpath("builtin.yaml").read_text("utf-8")
    return schema_from_yaml(text, source="builtin.yaml")


def load_schema(file: FilePath) -> Schema:
    """The schema in a YAML file of the form of `schema/builtin.yaml`.

    Raises: InvalidSchema.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSchema(f"schema file {file}: {type(error).__name__}: cannot be read") from None
    return schema_from_yaml(text, source=str(file))


def schema_from_yaml(text: str, *, source: str = "schema") -> Schema:
    """The schema written in this YAML text; `source` names it in errors.

    Raises: InvalidSchema.
    """
    import yaml

    try:
        return TypeAdapter(Schema).validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise InvalidSchema(f"{source}: not YAML{where}") from None
    except ValueError as error:
        raise InvalidSchema(f"{source}: {first_cause(error)}") from None


def schema_from_model(model: type[BaseModel], *, open_sections: tuple[str, ...] = (), version: int = 1) -> Schema:
    """The schema that a Pydantic model describes.

    A nested model is a section; `list[str]`, `set[...]` and `tuple[..., ...]` are sets; a list of models is a record
    field. `Field(description=...)` describes; `Field(json_schema_extra={...})` may give `volatility`, `sensitivity`,
    `intent`, `core`, `type`, and `key` for records.

    Raises: InvalidSchema for a type that has no place in a persona.
    """
    return build(model.__name__, _fields(model, "", ()), version=version, open_sections=open_sections)


def _fields(model: type[BaseModel], prefix: str, around: tuple[type[BaseModel], ...]) -> Iterator[FieldSpec]:
    if model in around:
        raise InvalidSchema(f"{prefix.rstrip('.')}: a model inside itself has no end")
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        inner, many = _unwrap(info.annotation, path)
        extra = _extra(info, path)
        common = {"path": path, "description": info.description or name.replace("_", " "), **extra}
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner not in _SCALARS:
            if many:
                yield _spec({**common, "kind": "records", "columns": _columns(inner, path)}, path)
            else:
                yield from _fields(inner, f"{path}.", (*around, model))
            continue
        kind = "set" if many else "scalar"
        yield _spec({**_typed(inner, path), "kind": kind, **common}, path)


def _columns(row: type[BaseModel], path: str) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, info in row.model_fields.items():
        inner, many = _unwrap(info.annotation, f"{path}.{name}")
        if many:
            raise InvalidSchema(f"{path}.{name}: a column holds one value")
        typed = _typed(inner, f"{path}.{name}")
        extra = _extra(info, f"{path}.{name}")
        given = {**typed, "description": info.description or "", "required": info.is_required(), **extra}
        try:
            columns[name] = Column.model_validate(given)
        except ValueError as error:
            raise InvalidSchema(f"{path}.{name}: {first_cause(error)}") from None
    return columns


def _spec(values: dict[str, Any], path: str) -> FieldSpec:
    try:
        return FieldSpec.model_validate(values)
    except ValueError as error:
        raise InvalidSchema(f"{path}: {first_cause(error)}") from None


def _extra(info: FieldInfo, path: str) -> dict[str, Any]:
    extra: Any = info.json_schema_extra
    if extra is None:
        return {}
    if callable(extra):
        raise InvalidSchema(f"{path}: json_schema_extra must be a dictionary")
    return dict(extra)


def _typed(inner: Any, path: str) -> dict[str, Any]:
    if inner in _SCALARS:
        return {"type": _SCALARS[inner]}
    if get_origin(inner) is Literal:
        return {"type": "enum", "choices": tuple(str(choice) for choice in get_args(inner))}
    if isinstance(inner, type) and issubclass(inner, enum.Enum):
        return {"type": "enum", "choices": tuple(str(member.value) for member in inner)}
    raise InvalidSchema(f"{path}: the type {inner!r} has no place in a persona")


def _unwrap(annotation: Any, path: str) -> tuple[Any, bool]:
    """The inner type of an annotation without Optional, and whether there may be several values."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _unwrap(args[0], path)
    if origin in (Union, types.UnionType):
        inner = [arg for arg in args if arg is not type(None)]
        if len(inner) != 1:
            raise InvalidSchema(f"{path}: a union of several types has no place in a persona")
        return _unwrap(inner[0], path)
    if origin in (list, set, frozenset, tuple):
        inner = [arg for arg in args if arg is not Ellipsis]
        if len(inner) != 1:
            raise InvalidSchema(f"{path}: name the one type of the values in the collection")
        inside, many = _unwrap(inner[0], path)
        if many:
            raise InvalidSchema(f"{path}: a collection of collections has no place in a persona")
        return inside, True
    return annotation, False


def as_schema(given: Schema | type[BaseModel] | FilePath | None) -> Schema:
    """A schema from whatever describes one: itself, a Pydantic model, a YAML file; None is the built-in one.

    Raises: InvalidSchema.
    """
    if given is None:
        return builtin_schema()
    if isinstance(given, Schema):
        return given
    return schema_from_model(given) if isinstance(given, type) else load_schema(given)

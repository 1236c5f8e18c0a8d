"""The material's files as typed values."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import yaml
from pydantic import TypeAdapter

T = TypeVar("T")


def reads(as_type: type[T], file: str) -> T:
    """A file of the material, as a type."""
    text = resources.files("personabench.generation.material").joinpath(file).read_text("utf-8")
    return TypeAdapter(as_type).validate_python(yaml.safe_load(text))

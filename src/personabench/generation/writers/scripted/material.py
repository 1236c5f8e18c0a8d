"""The phrases and words of a language, as they stand beside this module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from personabench.generation.seed import Written

Lines = str | list[str]
"""One a line, or one an item."""

EVERY = "*"
"""The heading of what goes for every other one."""

_PHRASES = TypeAdapter(dict[str, dict[str, Lines]])
_VALUES = TypeAdapter(dict[str, dict[str, Lines | dict[str, Lines]]])

SAID = "said"
"""The form of a value that is recognised in a text, and the plain one where there is no other."""


@cache
def phrases(written_in: Written, theme: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The phrases of a theme, by heading and heading below."""
    return {
        heading: {below: lines(texts) for below, texts in group.items()}
        for heading, group in _PHRASES.validate_python(_read(written_in, theme)).items()
    }


@cache
def values(written_in: Written) -> Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]:
    """The forms of values, by theme and canonical value in lower case."""
    found: dict[str, Mapping[str, Mapping[str, Sequence[str]]]] = {}
    for part in ("values", "people"):
        for theme, group in _VALUES.validate_python(_read(written_in, part)).items():
            found[theme] = {
                value.casefold(): {form: lines(texts) for form, texts in forms.items()}
                if isinstance(forms, dict)
                else {SAID: lines(forms)}
                for value, forms in group.items()
            }
    return found


def lines(texts: Lines) -> tuple[str, ...]:
    """What a block of the material lists."""
    listed = texts.splitlines() if isinstance(texts, str) else texts
    return tuple(line.strip() for line in listed if line.strip())


def _read(written_in: Written, theme: str) -> object:
    path = Path(__file__).parent / written_in / f"{theme}.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

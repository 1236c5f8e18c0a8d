"""What a tenant allows to be kept about its users."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from aipersona.schema.fields import FieldSpec, Schema

_SPECIAL_WORDS = frozenset(
    [
        "health",
        "illness",
        "disease",
        "disorder",
        "diagnosis",
        "medical",
        "medication",
        "medicine",
        "allergy",
        "allergic",
        "disability",
        "pregnant",
        "pregnancy",
        "therapy",
        "depression",
        "anxiety",
        "hiv",
        "cancer",
        "diabetes",
        "symptom",
        "religion",
        "religious",
        "faith",
        "church",
        "mosque",
        "god",
        "sexuality",
        "sexual",
        "orientation",
        "gay",
        "lesbian",
        "bisexual",
        "politics",
        "political",
        "vote",
        "voting",
        "election",
        "ideology",
        "ethnicity",
        "ethnic",
        "racial",
        "biometric",
        "genetic",
        "criminal",
        "conviction",
    ]
)
"""Words in the name or description of a learned field that put it among the special categories (GDPR, art. 9)."""

_SPECIAL_CHINESE = ("健康", "疾病", "病史", "过敏", "怀孕", "宗教", "信仰", "性取向", "政治", "党派", "民族", "种族")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which special fields may be kept: none by default, all, or those at or below the given paths."""

    special: Collection[str] | bool = False

    def keeps(self, spec: FieldSpec) -> bool:
        """Whether values of this field may be stored."""
        if spec.sensitivity != "special" or self.special is True:
            return True
        if self.special is False:
            return False
        return any(spec.path == path or spec.path.startswith(f"{path}.") for path in self.special)

    def kept(self, schema: Schema) -> Schema:
        """The schema without the fields whose values may not be stored: no model is asked for them."""
        return schema.of(spec for spec in schema.fields if self.keeps(spec))


def is_special(name: str) -> bool:
    """Whether the name or description of a new field speaks of a special category."""
    words = {word.strip(".,;:()") for word in name.casefold().replace(".", " ").replace("_", " ").split()}
    return bool(words & _SPECIAL_WORDS) or any(word in name for word in _SPECIAL_CHINESE)

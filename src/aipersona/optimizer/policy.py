"""What a tenant allows to be kept about its users."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from aipersona.schema.fields import FieldSpec, Schema

_SPECIAL = re.compile(
    r"""\b(?:health|ill(?:ness)?(?:es)?\b|disease|disorder|diagnos|medic(?:al|ation|ine|ament)|allerg|intoleran|disab|
    muslim|islam|christian|catholic|protestant|jewish|judais|hindu|buddhis|sikh|atheis|agnostic|epilep|schizo|bipolar|
    pregnan|fertil|therap|psychi|psychoth|mental|depress|anxi(?:ety|ous)|autis|adhd\b|hiv\b|cancer|diabet|asthma|symptom|
    addict|surger|religio|faith|church|mosque|synagogue|god\b|sexual|(?:bi|homo|hetero|trans)sexual|transgender|
    orientation|gay\b|lesbian|queer|lgbt|politic|vot(?:e|es|er|ing)\b|election|ideolog|ethnic|racial|biometric|genetic|
    criminal|convict)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words in the name or description of a learned field that put it among the special categories (GDPR, art. 9)."""

_SPECIAL_CHINESE = ("健康", "疾病", "病史", "过敏", "怀孕", "宗教", "信仰", "性取向", "政治", "党派", "民族", "种族")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which special fields may be kept: none by default, all, or those at or below the given paths."""

    special: Collection[str] | bool = False

    def keeps(self, spec: FieldSpec) -> bool:
        """Whether values of this field may be stored."""
        return spec.sensitivity != "special" or self.allows(spec.path)

    def allows(self, path: str) -> bool:
        """Whether special categories may be stored at this path."""
        if isinstance(self.special, bool):
            return self.special
        return any(path == allowed or path.startswith(f"{allowed}.") for allowed in self.special)

    def kept(self, schema: Schema) -> Schema:
        """The schema without the fields that no model is asked for: of values not to be stored, or kept by hand."""
        return schema.of(spec for spec in schema.fields if self.keeps(spec) and not spec.by_hand)


def is_special(name: str) -> bool:
    """Whether the name or description of a new field speaks of a special category."""
    plain = name.replace("_", " ")
    return _SPECIAL.search(plain) is not None or any(word in plain for word in _SPECIAL_CHINESE)

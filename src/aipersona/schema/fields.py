"""Field specs: what a slot of the persona may hold, how fast it goes stale, and who may see it kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from rapidfuzz import fuzz, process

from aipersona.errors import InvalidSchema, UnknownField, first_cause
from aipersona.grounding import words_of

Kind = Literal["scalar", "set", "records"]
ValueType = Literal["str", "int", "float", "bool", "date", "datetime", "money", "quantity", "language", "place", "enum"]
Volatility = Literal["permanent", "stable", "changing", "momentary"]
Sensitivity = Literal["open", "personal", "special"]

REVIEW_AFTER: Mapping[Volatility, timedelta | None] = {
    "permanent": None,
    "stable": timedelta(days=730),
    "changing": timedelta(days=180),
    "momentary": timedelta(days=3),
}
"""How long a value may stand unconfirmed before it is marked as stale."""

_PATH = re.compile(r"[^\W\d_]\w*(\.[^\W\d_]\w*)*")


def _path(text: str) -> str:
    if not _PATH.fullmatch(text) or text != text.lower() or len(text) > 120:
        raise ValueError("a path is lower-case words joined by dots, such as preferences.diet")
    return text


Path = Annotated[str, AfterValidator(_path)]


class Spec(BaseModel):
    """The form of schema values: immutable, no unknown keys, lenient on the YAML's types."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Column(Spec):
    """A column of a record field."""

    type: ValueType = "str"
    description: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    said: bool = True
    """Whether the value comes from the user's words; a column that only classifies does not need to stand in them."""
    default_today: bool = False
    """Whether the day of the session is meant where none is said."""
    over_after: bool = False
    """Whether a row is over after this day, as an appointment is; a task is not over because it was due."""


class Slot(Spec):
    """One way in which a form for small models asks about a field: a plain word for it, and what that word implies.

    "likes" and "dislikes" are two slots of one field that differ in a fixed column; "done" is a slot that removes. A
    slot that is `meant` is filled only by words of an intention or an obligation, and a `duty` one also by code, where
    the words plainly say what there is to do.
    """

    description: str = ""
    op: Literal["set", "add", "remove"] | None = None
    columns: tuple[str, ...] = ()
    fixed: dict[str, str] = Field(default_factory=dict)
    meant: bool = False
    duty: bool = False
    leaning: Literal["liked", "disliked"] | None = None


class MeasuredBy(Spec):
    """By what the limit in a row of a record field is measured: the sum over the rows of another record field.

    `limit` is the column with the limit. The other field is `path`; without one, the field that the limit's unit names
    ("7500 steps" by the field of steps). `column` holds its numbers, by default the first one that can. `match` pairs
    a column here with one there that must name the same ("groceries").
    """

    limit: str
    path: Path | None = None
    column: str | None = None
    match: tuple[str, str] | None = None


class FieldSpec(Spec):
    """One slot of the persona.

    `kind`: one value (`scalar`), several (`set`), or dated rows (`records`). Rows of a record field that agree in
    `key` are about the same thing: a later one updates it. `intent` marks fields where a wish or a plan is the fact
    itself (goals, to-dos); `others` those about the user's own people, `residence` those that only words of living or
    moving somewhere state, `identity` those that say what the user is, `requested` those that an order to the
    assistant states. What a small model notes is believed only beside words that match `stated_by`, a regular
    expression. `core` fields open every context; `cues` are words of a query that call for a field although
    they stand neither in its name nor in its description. `names` are others under which a draft may mean it, in any
    section. `measured_by` says with what the limit in a row is compared. Forms for small models ask by `slots`, by
    default one of the field's own name, unless not `in_forms`. What is kept `by_hand`, as notes are, no optimizer is
    asked for, and none may fill it. Consolidation fills the fields that are `inferred`: with what a `model` proposes
    or, `habits`, also with what the rows of record fields show when they are counted.
    """

    path: Path
    description: str
    kind: Kind = "scalar"
    type: ValueType = "str"
    choices: tuple[str, ...] = ()
    columns: dict[str, Column] = Field(default_factory=dict)
    key: tuple[str, ...] = ()
    volatility: Volatility = "changing"
    sensitivity: Sensitivity = "open"
    intent: bool = False
    others: bool = False
    residence: bool = False
    identity: bool = False
    requested: bool = False
    stated_by: str = Field(default="", exclude_if=lambda value: not value)
    core: bool = False
    cues: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    measured_by: MeasuredBy | None = None
    slots: dict[str, Slot] = Field(default_factory=dict)
    in_forms: bool = True
    by_hand: bool = Field(default=False, exclude_if=lambda value: not value)
    inferred: Literal["habits", "model"] | None = Field(default=None, exclude_if=lambda value: value is None)
    learned: bool = False

    @model_validator(mode="after")
    def _coherent(self) -> FieldSpec:
        if self.kind == "records" and not self.columns:
            raise ValueError(f"{self.path}: a record field needs columns")
        if self.kind != "records" and self.columns:
            raise ValueError(f"{self.path}: only a record field has columns")
        try:
            re.compile(self.stated_by)
        except re.error as error:
            raise ValueError(f"{self.path}: stated_by is no regular expression: {error}") from None
        if self.type == "enum" and not self.choices:
            raise ValueError(f"{self.path}: an enum needs choices")
        named = {column for slot in self.slots.values() for column in (*slot.columns, *slot.fixed)}
        if not named <= set(self.columns):
            raise ValueError(f"{self.path}: a slot names a column that is not there")
        if any(column not in self.columns for column in self.key):
            raise ValueError(f"{self.path}: the key names a column that is not there")
        if any(column.type == "enum" and not column.choices for column in self.columns.values()):
            raise ValueError(f"{self.path}: an enum column needs choices")
        return self

    @property
    def section(self) -> str:
        """The first word of the path."""
        return self.path.partition(".")[0]

    def review_by(self, day: date) -> date | None:
        """The day by which a value said or confirmed on `day` should be asked about again; none after the calendar."""
        after = REVIEW_AFTER[self.volatility]
        return day + after if after and day <= date.max - after else None


class Schema(Spec):
    """The declared fields of a persona, in the order in which they are shown.

    `open_sections` are the first words under which the optimizer may learn new fields.
    """

    name: str
    version: int = 1
    fields: tuple[FieldSpec, ...]
    open_sections: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _no_path_twice_or_inside_another(self) -> Schema:
        paths = [field.path for field in self.fields]
        if len(set(paths)) != len(paths):
            raise ValueError("a path is declared twice")
        for path in paths:
            if clash := self._inside(path, paths):
                raise ValueError(f"{path} lies inside {clash}, which holds a value itself")
        return self

    @staticmethod
    def _inside(path: str, paths: Iterable[str]) -> str | None:
        return next((other for other in paths if path.startswith(f"{other}.")), None)

    @cached_property
    def by_path(self) -> Mapping[str, FieldSpec]:
        return {field.path: field for field in self.fields}

    @cached_property
    def drafted(self) -> Schema:
        """The fields that an optimizer may fill: all that are not kept by hand only."""
        return self.of(spec for spec in self.fields if not spec.by_hand)

    @cached_property
    def order(self) -> Mapping[str, int]:
        return {field.path: index for index, field in enumerate(self.fields)}

    @cached_property
    def core(self) -> tuple[FieldSpec, ...]:
        """The fields that open every context, in order."""
        return tuple(spec for spec in self.fields if spec.core)

    @cached_property
    def paths_by_word(self) -> Mapping[str, tuple[str, ...]]:
        """The fields by the content words that call for them: of their name, description and cues."""
        found: dict[str, list[str]] = {}
        for spec in self.fields:
            name = spec.path.replace(".", " ").replace("_", " ")
            for word in words_of(" ".join((name, spec.description, *spec.cues))):
                found.setdefault(word, []).append(spec.path)
        return {word: tuple(paths) for word, paths in found.items()}

    @cached_property
    def name_words(self) -> Mapping[str, frozenset[str]]:
        """The content words of each field's own name, the last word of its path."""
        return {spec.path: words_of(spec.path.rpartition(".")[2].replace("_", " ")) for spec in self.fields}

    @cached_property
    def paths_by_cue(self) -> Mapping[str, tuple[str, ...]]:
        """The fields by the words of their cues alone."""
        found: dict[str, list[str]] = {}
        for spec in self.fields:
            for word in words_of(" ".join(spec.cues)):
                found.setdefault(word, []).append(spec.path)
        return {word: tuple(paths) for word, paths in found.items()}

    def with_learned(self, learned: Iterable[FieldSpec]) -> Schema:
        """This schema and the fields that one user's persona has learned.

        Declared fields win; only the names that were met for them are added.
        """
        entries = tuple(learned)
        if not entries:
            return self
        met = {spec.path: spec.names for spec in entries if spec.path in self.by_path}
        more = (spec for spec in entries if spec.path not in self.by_path)
        return self.of((*(_named_too(spec, met.get(spec.path, ())) for spec in self.fields), *more))

    def of(self, fields: Iterable[FieldSpec]) -> Schema:
        """This schema with other fields, which are known to be coherent."""
        # A model_copy would carry along what was cached of the old fields.
        return Schema.model_construct(
            name=self.name, version=self.version, fields=tuple(fields), open_sections=self.open_sections
        )

    def get(self, path: str) -> FieldSpec | None:
        return self.by_path.get(path)

    def field(self, path: str) -> FieldSpec:
        """The field at a path.

        Raises: UnknownField, with the known paths most like it.
        """
        if found := self.by_path.get(path):
            return found
        raise UnknownField(path, self.near(path))

    def near(self, path: str, limit: int = 3) -> list[str]:
        """Known paths that look like this one, best first."""
        hits = process.extract(path, list(self.by_path), scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
        return [hit[0] for hit in hits]

    def learnable(self, path: str) -> bool:
        """Whether the optimizer may learn a field at this path: in an open section, not through a declared one."""
        try:
            _path(path)
        except ValueError:
            return False
        section, _, rest = path.partition(".")
        if not rest or section not in self.open_sections or path in self.by_path:
            return False
        return not self._inside(path, self.by_path) and not any(p.startswith(f"{path}.") for p in self.by_path)


def _named_too(spec: FieldSpec, names: tuple[str, ...]) -> FieldSpec:
    more = tuple(name for name in names if name not in spec.names)
    return spec.model_copy(update={"names": (*spec.names, *more)}) if more else spec


def build(name: str, fields: Iterable[FieldSpec], *, version: int = 1, open_sections: Iterable[str] = ()) -> Schema:
    """A schema of these fields.

    Raises: InvalidSchema if they contradict one another.
    """
    try:
        return Schema(name=name, version=version, fields=tuple(fields), open_sections=tuple(open_sections))
    except ValueError as error:
        raise InvalidSchema(f"schema {name!r}: {first_cause(error)}") from None

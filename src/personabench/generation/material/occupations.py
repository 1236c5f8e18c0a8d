"""What people do: occupations by field of work, with their pay and schooling, and those who do not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from personabench.generation.material.reading import reads
from personabench.generation.seed import Income

_SCHOOLED = {
    "secondary school": 18,
    "vocational training": 20,
    "bachelor's degree": 22,
    "master's degree": 25,
    "doctorate": 29,
}
_EXPERIENCED = 32


class Group(BaseModel):
    """Occupations of the same pay and schooling.

    own  of people who work for themselves.   at  the only workplaces of the field that have them; all of them if empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pay: tuple[Income, ...]
    schooling: str
    own: bool = False
    at: tuple[str, ...] = ()
    jobs: dict[str, str]


class FieldOfWork(BaseModel):
    """A field of work, and what follows an employer's name in it ("Clinic")."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chinese: str
    workplaces: dict[str, str]
    groups: tuple[Group, ...]


class Wording(BaseModel):
    """A word in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    english: str
    chinese: str


class Studies(BaseModel):
    """What people do who do not work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pupils: dict[str, str]
    students: dict[str, dict[str, str]]
    at_home: dict[str, str]
    retired: Wording
    experienced: frozenset[str]
    becomes: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Job:
    """An occupation: its field of work, its bands of income from the least to the most, its schooling, the age from
    which people have it, and the workplaces where they do, each with its Chinese."""

    name: str
    field: str
    pay: tuple[Income, ...]
    schooling: str
    own: bool
    from_age: int
    workplaces: tuple[tuple[str, str], ...]


@cache
def fields_of_work() -> Mapping[str, FieldOfWork]:
    return reads(dict[str, FieldOfWork], "occupations.yaml")


@cache
def studies() -> Studies:
    return reads(Studies, "studies.yaml")


@cache
def jobs() -> Mapping[str, Job]:
    """Every occupation that is work, by its name."""
    experienced = studies().experienced
    return {
        name: Job(
            name=name,
            field=field,
            pay=group.pay,
            schooling=group.schooling,
            own=group.own,
            workplaces=tuple(pair for pair in work.workplaces.items() if not group.at or pair[0] in group.at),
            from_age=_EXPERIENCED if name in experienced else _SCHOOLED[group.schooling],
        )
        for field, work in fields_of_work().items()
        for group in work.groups
        for name in group.jobs
    }


def retired_from(occupation: str) -> str:
    return f"{studies().retired.english} {occupation}"


def worked_as(occupation: str) -> str | None:
    """What somebody retired did; None for anybody else."""
    start = f"{studies().retired.english} "
    return occupation.removeprefix(start) if occupation.startswith(start) else None


def is_work(occupation: str) -> bool:
    """Whether this is a job, not studies, retirement or the home."""
    return occupation in jobs()


def is_study(occupation: str) -> bool:
    known = studies()
    return occupation in known.pupils or any(occupation in students for students in known.students.values())

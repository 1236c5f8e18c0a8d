"""What a run measures: the plan as given, and the manifest that stands beside the results and binds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from personabench.datasets import Dataset, Person, Probe, ProbeKind
from personabench.errors import BenchError
from personabench.runs.reader import reader_version
from personabench.runs.records import Record
from personabench.systems import entry_of, version_of

ReaderName = Literal["plain", "chat"]
READERS: tuple[ReaderName, ...] = ("plain", "chat")

KINDS: tuple[ProbeKind, ...] = ("context", "recall", "choice", "answer", "calls", "gate")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which systems are asked which probes of a data set.

    users  the first so many people, None for all.   only  these people, empty for all.
    groups  of probes, empty for all.   budget  tokens of a context.
    sessions_each  the first so many sessions of each, with the probes that come within them; None for all.
    model, embedder  names, None where there is none.   seed  of the intervals, and of what a reader leaves to chance.
    reader  who makes calls: a plain model, or a chat.   most_tools  of those, shown in a chat; None leaves it to that.
    """

    dataset: str
    data: Path
    systems: tuple[str, ...]
    model: str | None = None
    embedder: str | None = None
    users: int | None = None
    only: tuple[str, ...] = ()
    sessions_each: int | None = None
    groups: tuple[str, ...] = ()
    kinds: tuple[ProbeKind, ...] = KINDS
    budget: int = 1000
    seed: int = 0
    reader: ReaderName = "plain"
    most_tools: int | None = None

    def people(self, dataset: Dataset) -> list[Person]:
        """The people to measure with the probes to ask; those who have none are left out, unless sessions are cut.

        Raises: BenchError for a group or a person that there is none of, or where nothing is left to ask.
        """
        if strangers := sorted(set(self.only) - {person.user_id for person in dataset.people}):
            raise BenchError(f"{dataset.name} has no user {strangers[0]!r}")
        known = {probe.group for person in dataset.people for probe in person.probes}
        if unknown := sorted(set(self.groups) - known):
            raise BenchError(f"{dataset.name} has no group {unknown[0]!r}; it has: {', '.join(sorted(known))}")
        people = (
            self._cut(replace(person, probes=tuple(self._asked(person.probes)))) for person in self._meant(dataset)
        )
        chosen = [person for person in people if person.probes or self.sessions_each is not None][: self.users]
        if not chosen:
            raise BenchError(f"{dataset.name} has no probe of these kinds: {', '.join(self.kinds)}")
        return chosen

    def _meant(self, dataset: Dataset) -> list[Person]:
        return [person for person in dataset.people if not self.only or person.user_id in self.only]

    def _cut(self, person: Person) -> Person:
        """The first sessions of a person, and what is asked within them."""
        n = self.sessions_each
        if n is None or n >= len(person.sessions):
            return person
        probes = tuple(probe for probe in person.probes if probe.sessions is not None and probe.sessions <= n)
        return replace(person, sessions=person.sessions[:n], probes=probes)

    def _asked(self, probes: Iterable[Probe]) -> Iterable[Probe]:
        for probe in probes:
            kinds = tuple(kind for kind in probe.kinds if kind in self.kinds)
            if kinds and (not self.groups or probe.group in self.groups):
                yield replace(probe, kinds=kinds)

    def check(self) -> None:
        """Whether what the systems need is there, before anything is measured.

        Raises: UnknownSystem, MissingExtra; BenchError.
        """
        if not self.systems:
            raise BenchError("name at least one system")
        if self.reader == "chat" and self.model is None:
            raise BenchError("the reader 'chat' needs a model: --model local, or the name of a server's")
        if self.reader != "chat" and self.most_tools is not None:
            raise BenchError("only the reader 'chat' is shown some of the tools: --reader chat")
        for name in self.systems:
            entry = entry_of(name)
            version_of(name)
            if entry.datasets and self.dataset not in entry.datasets:
                raise BenchError(f"the system {name!r} is measured on {', '.join(entry.datasets)} only")
            if "model" in entry.needs and self.model is None:
                raise BenchError(f"the system {name!r} needs a model: --model local, or the name of a server's")
            if "embedder" in entry.needs and self.embedder is None:
                raise BenchError(f"the system {name!r} needs an embedder: --embedder local, or openai:MODEL")


class Manifest(Record):
    """What was measured; `data` is the fingerprint of the files, `started` the day on which the run began."""

    format: int = 1
    dataset: str
    data: str
    systems: tuple[str, ...]
    versions: Mapping[str, str]
    model: str | None
    embedder: str | None
    reader: str
    users: int | None
    only: tuple[str, ...] = ()
    sessions_each: int | None = None
    groups: tuple[str, ...]
    kinds: tuple[ProbeKind, ...]
    budget: int
    seed: int
    most_tools: int | None = None
    people: int
    sessions: int
    probes: int
    left_out: Mapping[str, int]
    started: str

    def differences(self, other: Manifest) -> list[str]:
        """What another run has otherwise, as "budget 1000, not 500"; the day of the start does not count."""
        names = [name for name in Manifest.model_fields if name != "started"]
        return [
            f"{name} {_shown(getattr(self, name))}, not {_shown(getattr(other, name))}"
            for name in names
            if getattr(self, name) != getattr(other, name)
        ]


def manifest_of(plan: Plan, dataset: Dataset, people: Iterable[Person], *, day: str) -> Manifest:
    """The manifest of a plan, with the data as it lies in its directory."""
    from personabench.runs.chat_reader import chat_reader_version  # here, since a chat takes long to load

    chosen = list(people)
    return Manifest(
        dataset=plan.dataset,
        data=fingerprint(plan.data),
        systems=plan.systems,
        versions={name: version_of(name) for name in plan.systems},
        model=plan.model,
        embedder=plan.embedder,
        reader=chat_reader_version() if plan.reader == "chat" else reader_version(),
        users=plan.users,
        only=plan.only,
        sessions_each=plan.sessions_each,
        groups=plan.groups,
        kinds=plan.kinds,
        budget=plan.budget,
        seed=plan.seed,
        most_tools=plan.most_tools,
        people=len(chosen),
        sessions=sum(len(person.sessions) for person in chosen),
        probes=sum(len(person.probes) for person in chosen),
        left_out=dict(dataset.left_out),
        started=day,
    )


def fingerprint(directory: Path) -> str:
    """SHA-256 over the names, sizes and contents of the files below a directory, hidden ones apart."""
    total = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        name = path.relative_to(directory)
        if any(part.startswith(".") for part in name.parts):
            continue
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{name.as_posix()}\0{path.stat().st_size}\0{content}\n".encode())
    return total.hexdigest()


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "all"  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return "none" if value is None else str(value)[:200]

"""One unit: one system lives through one person's sessions, and is asked the probes at their places."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from aipersona import AIPersonaError
from personabench.datasets import Dataset, Person, Probe
from personabench.endpoint import Counts, Endpoint, UpstreamDown
from personabench.errors import BenchError, ModelDown
from personabench.runs.folder import RunFolder
from personabench.runs.models import is_local
from personabench.runs.personas import field_figures, held_figures, persona_figures
from personabench.runs.plan import Plan
from personabench.runs.probing import outcomes, parts, timed_context
from personabench.runs.reader import Reader, Reads
from personabench.runs.records import (
    Cost,
    Failure,
    FieldFigures,
    HeldFigures,
    PersonaFigures,
    ProbeRecord,
    ProbeTiming,
    UnitRecord,
    UnitTiming,
    cost_between,
)
from personabench.systems import HoldsMemories, HoldsPersonas, ModelAccess, Setting, System, opener
from personabench.systems.tokens import count_tokens
from personabench.worker import Worker

CLOSING = 5.0
"""Seconds that a system has for closing."""

DoneT = TypeVar("DoneT")
Step = Callable[[], None]
"""Called after each session taken in and each probe asked."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What units share: the plan, the data set, the folder of results, and the endpoint, if anything is behind it."""

    plan: Plan
    dataset: Dataset
    folder: RunFolder
    endpoint: Endpoint | None = None

    def check(self) -> None:
        """Raises: ModelDown where the model could not be reached: what came of it is no measurement."""
        if self.endpoint is not None and self.endpoint.down is not None:
            raise ModelDown(self.endpoint.down)


class Unit:
    """One system with one person; `run` once."""

    def __init__(self, name: str, person: Person, around: Surroundings, *, step: Step) -> None:
        self._name, self._person, self._around, self._step = name, person, around, step
        self._account = f"{name}/{person.user_id}"
        self._errors: Counter[str] = Counter()
        self._worker = Worker()
        self._probes = Cost()
        self._seconds_of_probes = 0.0
        self._missed = 0

    async def run(self) -> UnitRecord:
        """Take in the sessions, ask what was not asked yet, and write it all down.

        Raises: ModelDown; another BenchError where the system cannot be measured so at all.
        """
        started = time.perf_counter()
        folder, resumed = self._around.folder.fresh_unit(self._name, self._person.user_id)
        begun = self._counts()
        opened = await self._tried(self._open(folder))
        if isinstance(opened, Failure):
            self._fail_all(opened)
            persona = fields = held = None
        else:
            held = None
            try:
                await self._live(opened)
                held = await self._held(opened)
            finally:
                # A call that is in flight may hold it up, which must not hold up who stops the run.
                self._worker.close()
                self._count_error(await self._tried(asyncio.wait_for(opened.aclose(), CLOSING)))
            figures = await self._tried(self._figures(opened))
            self._count_error(figures)
            persona, fields = (None, None) if isinstance(figures, Failure) else figures
        whole = self._counts()
        record = UnitRecord(
            dataset=self._around.dataset.name,
            system=self._name,
            user=self._person.user_id,
            sessions=len(self._person.sessions),
            characters=sum(len(turn.content) for session in self._person.sessions for turn in session.turns),
            probes=len(self._person.probes),
            errors=dict(sorted(self._errors.items())),
            cost=_without(cost_between(begun, whole), self._probes),
            persona=persona,
            fields=fields,
            held=held,
            timing=UnitTiming(
                resumed=resumed,
                seconds=time.perf_counter() - started,
                model_seconds=max(0.0, whole.seconds - begun.seconds - self._seconds_of_probes),
            ),
        )
        self._around.folder.add_unit(record)
        return record

    async def _open(self, folder: Path) -> System:
        around = self._around
        access = None
        if around.endpoint is not None and around.plan.model is not None:
            access = ModelAccess(base_url=around.endpoint.base_url(self._account), model=around.endpoint.model)
        setting = Setting(
            person=self._person,
            folder=folder,
            dataset=around.dataset.name,
            data=around.plan.data,
            model=access,
            embed=self._embed if around.plan.embedder is not None else None,
        )
        return opener(self._name)(setting)

    def _embed(self, texts: Sequence[str], *, account: str | None = None) -> Sequence[Sequence[float]]:
        """Vectors by way of the endpoint, which counts them and keeps them.

        Raises: ModelDown.
        """
        assert self._around.endpoint is not None
        status, made = self._around.endpoint.answer(account or self._account, "/embeddings", {"input": list(texts)})
        if status != 200:
            raise ModelDown(f"the embedder answers {status}")
        return [one["embedding"] for one in made["data"]]

    async def _live(self, system: System) -> None:
        """Sessions in order, and before each the probes whose place is there; the others at the end."""
        places = _by_place(self._person)
        for number, session in enumerate(self._person.sessions):
            await self._ask_all(system, places.get(number, ()), number)
            if self._count_error(await self._tried(system.observe(session))):
                self._missed += 1
            self._step()
        if last := places.get(len(self._person.sessions)):
            await self._ask_all(system, last, len(self._person.sessions))
        else:
            self._count_error(await self._tried(system.settle()))

    async def _ask_all(self, system: System, probes: Sequence[Probe], sessions: int) -> None:
        """Let the system finish what is pending, then ask; if it cannot, that is its answer to each of the probes."""
        if not probes:
            return
        settled = await self._tried(system.settle())
        self._count_error(settled)
        for probe in probes:
            if not self._around.folder.is_asked(self._name, self._person.user_id, probe.probe_id):
                if isinstance(settled, Failure):
                    self._write(probe, sessions, failure=settled)
                elif sessions and self._missed == sessions:
                    self._write(probe, sessions, failure=Failure(who="system", reason="took in no session"))
                else:
                    await self._ask(system, probe, sessions)
            self._step()

    async def _ask(self, system: System, probe: Probe, sessions: int) -> None:
        before = self._counts()
        given = await self._tried(timed_context(system, probe, budget=self._around.plan.budget))
        after = self._counts()
        cost = cost_between(before, after)
        self._probes += cost
        self._seconds_of_probes += after.seconds - before.seconds
        if isinstance(given, Failure):
            self._write(probe, sessions, failure=given, cost=cost)
            return
        retrieved, milliseconds = given
        read_before = self._counts(of_reader=True)
        found = await outcomes(retrieved, probe, self._reader(), worker=self._worker, check=self._around.check)
        read_after = self._counts(of_reader=True)
        scores, failures, not_applicable = parts(found)
        self._write(
            probe,
            sessions,
            scores=scores,
            failures=failures,
            not_applicable=not_applicable,
            tokens=count_tokens(retrieved.text),
            characters=len(retrieved.text),
            cost=cost,
            reader_cost=cost_between(read_before, read_after),
            timing=ProbeTiming(
                context_ms=milliseconds,
                model_seconds=after.seconds - before.seconds,
                reader_seconds=read_after.seconds - read_before.seconds,
            ),
        )

    def _write(
        self,
        probe: Probe,
        sessions: int,
        *,
        failure: Failure | None = None,
        scores: Mapping[str, float] | None = None,
        failures: Mapping[str, Failure] | None = None,
        not_applicable: Mapping[str, str] | None = None,
        tokens: int | None = None,
        characters: int | None = None,
        cost: Cost | None = None,
        reader_cost: Cost | None = None,
        timing: ProbeTiming | None = None,
    ) -> None:
        """One line; a failure of the system is one of every kind of the probe."""
        failed = dict.fromkeys(probe.kinds, failure) if failure is not None else failures or {}
        self._around.folder.add_probe(
            ProbeRecord(
                dataset=self._around.dataset.name,
                system=self._name,
                user=self._person.user_id,
                probe=probe.probe_id,
                group=probe.group,
                kinds=probe.kinds,
                scores=scores or {},
                failures={str(kind): one for kind, one in failed.items()},
                not_applicable=not_applicable or {},
                sessions=sessions,
                missed=self._missed,
                tokens=tokens,
                characters=characters,
                cost=cost or Cost(),
                reader_cost=reader_cost or Cost(),
                timing=timing or ProbeTiming(),
            )
        )

    def _fail_all(self, failure: Failure) -> None:
        """A system that cannot be opened has failed every probe."""
        self._count_error(failure)
        for place, probes in sorted(_by_place(self._person).items()):
            for probe in probes:
                if not self._around.folder.is_asked(self._name, self._person.user_id, probe.probe_id):
                    self._write(probe, place, failure=failure)
        for _ in (*self._person.sessions, *self._person.probes):
            self._step()

    async def _held(self, system: System) -> HeldFigures | None:
        """What a system's memories hold of the gold, where it can list them."""
        if not isinstance(system, HoldsMemories):
            return None
        memories = await self._tried(system.memories())
        if isinstance(memories, Failure):
            self._count_error(memories)
            return None
        return held_figures(memories, self._person, dataset=self._around.dataset.name, data=self._around.plan.data)

    async def _figures(self, system: System) -> tuple[PersonaFigures | None, FieldFigures | None]:
        if not isinstance(system, HoldsPersonas):
            return None, None
        users, person, plan = system.users, self._person, self._around.plan
        persona = await persona_figures(system.database, users, person)
        if len(users) != 1:
            return persona, None
        dataset = self._around.dataset.name
        return persona, await field_figures(system.database, users[0], person, dataset=dataset, data=plan.data)

    async def _tried(self, step: Awaitable[DoneT]) -> DoneT | Failure:
        """What a step gives, or how the system failed at it.

        Raises: ModelDown, BenchError.
        """
        try:
            done = await step
        except BenchError:
            raise
        except UpstreamDown as error:
            raise ModelDown(str(error)) from None
        except Exception as error:
            self._around.check()
            # Only aipersona promises that its messages hold nothing of what was said.
            detail = str(error) if isinstance(error, AIPersonaError) else ""
            return Failure(who="system", reason=type(error).__name__, detail=detail)
        self._around.check()
        return done

    def _count_error(self, result: object) -> bool:
        if isinstance(result, Failure):
            self._errors[result.reason] += 1
        return isinstance(result, Failure)

    def _counts(self, *, of_reader: bool = False) -> Counts:
        if self._around.endpoint is None:
            return Counts()
        return self._around.endpoint.counts(f"{self._account}/reader" if of_reader else self._account)

    def _reader(self) -> Reads | None:
        endpoint, plan = self._around.endpoint, self._around.plan
        if endpoint is None or plan.model is None:
            return None
        account = f"{self._account}/reader"

        def post(body: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
            return endpoint.answer(account, "/chat/completions", body)

        plain = Reader(post, tools=self._around.dataset.tools, seed=plan.seed)
        if plan.reader == "plain":
            return plain
        from personabench.runs.chat_reader import ChatReader, model_at  # here, since a chat takes long to load

        access = ModelAccess(base_url=endpoint.base_url(account), model=endpoint.model)
        return ChatReader(
            plain,
            self._around.dataset,
            partial(model_at, access, post if is_local(plan.model) else None),
            embed=partial(self._embed, account=account) if plan.embedder is not None else None,
            most_tools=plan.most_tools,
        )


def _by_place(person: Person) -> dict[int, list[Probe]]:
    """The probes by how many sessions come before them, in their order."""
    last = len(person.sessions)
    places: dict[int, list[Probe]] = {}
    for probe in person.probes:
        places.setdefault(last if probe.sessions is None else min(probe.sessions, last), []).append(probe)
    return places


def _without(whole: Cost, part: Cost) -> Cost:
    return Cost(**{name: getattr(whole, name) - getattr(part, name) for name in Cost.model_fields})

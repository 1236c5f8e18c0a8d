"""One person's sessions under one setting, from the first to the last: what is lived is what is learned from."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pydantic import JsonValue

from personabench.errors import BenchError
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.writers.protocol import Writer
from personabench.live.assistant import Assistant
from personabench.live.episode import ContextText, live_session
from personabench.live.judges import Judge
from personabench.live.looking_up import looked_up
from personabench.live.memory import as_profile, open_memory, shown
from personabench.live.records import EpisodeRecord, PersonRecord
from personabench.live.truth import Told
from personabench.live.user import ScriptedUser, Simulator, patience_of
from personabench.systems import ModelAccess
from personabench.systems.protocol import Embed

NOTHING = ContextText(text="", tokens=0)

SimulatorFor = Callable[[Life, Planned, Random], Simulator]


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a unit is lived with. `check` raises ModelDown where the model could not be reached: what came of it is no
    measurement."""

    assistant: Assistant
    simulator: SimulatorFor
    budget: int
    model: ModelAccess | None = None
    embed: Embed | None = None
    judge: Judge | None = None
    check: Callable[[], None] = lambda: None


def scripted_user(phrases: Writer) -> SimulatorFor:
    """The simulator that says the planned texts."""

    def made(life: Life, planned: Planned, dice: Random) -> Simulator:
        return ScriptedUser(life, planned, phrases, dice, patience=patience_of(life))

    return made


async def live_person(
    setting: str, life: Life, sessions: Sequence[Planned], around: Around
) -> tuple[list[EpisodeRecord], PersonRecord]:
    """Live all sessions of a person under a setting. What learning raises is noted, and the sessions go on.

    Raises: BenchError, ModelDown among them.
    """
    told = Told(life)
    records: list[EpisodeRecord] = []
    failures: list[str] = []
    similar: float | None = None
    with tempfile.TemporaryDirectory(prefix="personabench-") as folder:
        memory = open_memory(
            setting,
            life,
            sessions,
            folder=Path(folder),
            budget=around.budget,
            model=around.model,
            embed=around.embed,
        )
        try:
            for planned in sessions:
                dice = Random(f"{life.person_id}/{planned.number}/talk")
                user = around.simulator(life, planned, dice)
                query = planned.query
                wish = looked_up(query, life.seed.written_in) if query is not None else ""
                context = await memory.context(wish, planned.day) if wish else NOTHING
                lived = await live_session(life, planned, user, around.assistant, context, setting=setting)
                try:
                    await memory.observe(lived.session)
                except BenchError:
                    raise
                except Exception as error:
                    around.check()
                    failures.append(type(error).__name__)
                told.hear(planned, [turn.content for turn in lived.session.user_turns])
                claims = await memory.claims()
                held = told.compare(claims, planned.day) if claims is not None else None
                record = lived.record.model_copy(update={"held": held})
                if around.judge is not None and query is not None:
                    person = as_profile(life.on(planned.day))
                    judged = await around.judge.satisfaction(person, query.neutral, lived.first_reply)
                    record = record.model_copy(update={"satisfaction": judged})
                records.append(record)
            similar = await _similarity(around.judge, life, sessions, await memory.claims())
        finally:
            await memory.aclose()
    person = PersonRecord(
        setting=setting,
        person=life.person_id,
        learned=told.learned() if any(record.held is not None for record in records) else (),
        failures=tuple(failures),
        judge=around.judge.name if around.judge is not None else None,
        judged_similarity=similar,
        judge_failures=around.judge.failures if around.judge is not None else 0,
    )
    return records, person


async def _similarity(
    judge: Judge | None, life: Life, sessions: Sequence[Planned], claims: Sequence[tuple[str, JsonValue]] | None
) -> float | None:
    """How like the truth of the last day what is held is, as a judge sees it; None where nothing keeps fields."""
    if judge is None or claims is None or not sessions:
        return None
    held = "\n".join(f"- {path}: {shown(value)}" for path, value in claims)
    return await judge.similarity(as_profile(life.on(sessions[-1].day)), held)

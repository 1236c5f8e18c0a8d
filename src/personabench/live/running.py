"""personabench live: every person under every setting, into a folder, taken up where it was left.

    plan.json      what is lived                     episodes.jsonl  a line for each session
    people.jsonl   a line for each finished unit     answers.db      the model's answers, so that nothing is asked twice

A unit is one person under one setting; its lines are written when its last session has been lived.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from personabench.endpoint import Answers, Endpoint, Upstream
from personabench.errors import BrokenResults, ModelDown, OtherRun
from personabench.generation.edited import check_lives, check_sessions
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.stages import PEOPLE as LIVES
from personabench.generation.stages import SEEDS, SESSIONS, line_of, read_items, write_items, write_whole
from personabench.live.engines import Engine, UnitSpec, is_beside
from personabench.live.plan import LivePlan, differences
from personabench.live.records import EpisodeRecord, PersonRecord
from personabench.runs.folder import cut_torn_line, locked
from personabench.runs.models import NoModel
from personabench.systems import Embed, ModelAccess

PLAN, EPISODES, PEOPLE, ANSWERS = "plan.json", "episodes.jsonl", "people.jsonl", "answers.db"

Progress = Callable[[int, int, str], None]
"""Called with units done, units in all, and the setting and the person."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How many units were lived now, how many had been before, and how often learning failed."""

    lived: int
    lived_before: int
    failures: int


async def live(
    plan: LivePlan,
    benchmark: Path,
    out: Path,
    engine: Engine,
    *,
    upstream: Upstream | None = None,
    embed: Embed | None = None,
    progress: Progress = lambda done, total, what: None,
) -> Ended:
    """Live what is not lived yet.

    Raises: BenchError for a plan that cannot be lived; OtherRun; ModelDown; BrokenResults, also for a benchmark that
    was edited into what cannot be lived.
    """
    plan.check()
    engine.check(plan)
    everybody, everything = read_items(benchmark / LIVES, Life), read_items(benchmark / SESSIONS, Planned)
    check_lives(benchmark / LIVES, everybody)
    check_sessions(benchmark / SESSIONS, everything, everybody)
    if not everybody:
        raise BrokenResults(benchmark / LIVES, "holds nobody")
    lives, sessions = everybody[: plan.people], _by_person(everything, plan.sessions)
    _begin(plan, out)
    with ExitStack() as stack:
        stack.enter_context(locked(out))
        finished = {(one.setting, one.person) for one in _done(out)}
        units = [(setting, life) for setting in plan.settings for life in lives]
        todo = [(setting, life) for setting, life in units if (setting, life.person_id) not in finished]
        endpoint: Endpoint | None = None
        if upstream is not None or embed is not None:
            answers = Answers(out / ANSWERS)
            stack.callback(answers.close)
            endpoint = stack.enter_context(Endpoint(upstream or NoModel(), answers, embedder=embed))
        specs = [
            UnitSpec(
                setting=setting,
                life=life,
                sessions=tuple(sessions.get(life.person_id, ())),
                assistant=plan.assistant,
                simulator=plan.simulator,
                budget=plan.budget,
                model=_access(endpoint, setting, life) if upstream is not None else None,
                embedder=_access(endpoint, setting, life) if embed is not None else None,
                model_name=plan.model,
                judged=plan.judged,
            )
            for setting, life in todo
        ]
        done = len(units) - len(todo)
        progress(done, len(units), "")
        async for episodes, person in _lived(engine, specs, endpoint):
            counts = endpoint.counts(_account(person.setting, person.person)) if endpoint is not None else None
            tokens = counts.prompt_tokens + counts.completion_tokens if counts is not None else 0
            if plan.assistant == "model" and is_beside(plan.model):
                tokens += sum(one.model_tokens for one in episodes)
            _add(out / EPISODES, episodes)
            _add(out / PEOPLE, [person.model_copy(update={"model_tokens": tokens})])
            done += 1
            progress(done, len(units), f"{person.setting}, {person.person}")
    return Ended(
        lived=len(todo),
        lived_before=len(units) - len(todo),
        failures=sum(len(one.failures) for one in read_items(out / PEOPLE, PersonRecord)),
    )


async def _lived(
    engine: Engine, specs: Sequence[UnitSpec], endpoint: Endpoint | None
) -> AsyncGenerator[tuple[list[EpisodeRecord], PersonRecord]]:
    """The units as they end; a model that cannot be reached ends the run, with the endpoint's word for why."""
    try:
        async for ended in engine.live(specs):
            if endpoint is not None and endpoint.down is not None:
                raise ModelDown(endpoint.down)
            yield ended
    except ModelDown as down:
        raise ModelDown(endpoint.down if endpoint is not None and endpoint.down is not None else str(down)) from None


def read_episodes(out: Path) -> tuple[LivePlan, list[EpisodeRecord], list[PersonRecord]]:
    """What was lived, of finished units only.

    Raises: BrokenResults.
    """
    if not (out / PLAN).exists():
        raise BrokenResults(out / PLAN, "is missing: nothing was lived into this folder")
    plan = _plan_of(out)
    people = read_items(out / PEOPLE, PersonRecord) if (out / PEOPLE).exists() else []
    finished = {(one.setting, one.person) for one in people}
    episodes = read_items(out / EPISODES, EpisodeRecord) if (out / EPISODES).exists() else []
    return plan, [one for one in episodes if (one.setting, one.person) in finished], people


def _plan_of(out: Path) -> LivePlan:
    """Raises: BrokenResults."""
    plans = read_items(out / PLAN, LivePlan)
    if len(plans) != 1:
        raise BrokenResults(out / PLAN, "is not as written: it holds no plan")
    return plans[0]


def _begin(plan: LivePlan, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    file = out / PLAN
    if (out / SEEDS).exists():
        raise OtherRun(f"{out} holds a benchmark: name another folder with --out")
    if file.exists():
        then = _plan_of(out)
        if changed := differences(plan, then):
            raise OtherRun(f"{out} holds another run ({'; '.join(changed)}): name another folder with --out")
    else:
        write_whole(file, plan.model_dump_json() + "\n")


def _done(out: Path) -> list[PersonRecord]:
    """The finished units; episodes of unfinished ones are cut away, they will be lived again."""
    for name in (EPISODES, PEOPLE):
        cut_torn_line(out / name)
    _, episodes, people = read_episodes(out)
    if (out / EPISODES).exists():
        write_items(out / EPISODES, episodes)
    return people


def _add(path: Path, records: Sequence[EpisodeRecord] | Sequence[PersonRecord]) -> None:
    with path.open("ab", buffering=0) as file:
        file.write("".join(line_of(record) for record in records).encode())


def _access(endpoint: Endpoint | None, setting: str, life: Life) -> ModelAccess | None:
    if endpoint is None:
        return None
    return ModelAccess(base_url=endpoint.base_url(_account(setting, life.person_id)), model=endpoint.model)


def _account(setting: str, person: str) -> str:
    """Whom the endpoint counts for."""
    return f"{setting}/{person}"


def _by_person(sessions: Sequence[Planned], most: int | None) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = {}
    for session in sessions:
        found.setdefault(session.person_id, []).append(session)
    return {person: some[:most] for person, some in found.items()}

"""Stage 3: when a person talks to the assistant, what comes up by itself each time, and which scene they are in.

In: a life. Out: its outline, without a word written yet. Facts of the start come up over the first sessions, changes
after they happened, seemings about when they do. Sessions fall into the days of trips, so that a visit matters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from pydantic import BaseModel, ConfigDict

from personabench.generation.life import Fact, Life, Seeming
from personabench.generation.needs import can_happen
from personabench.generation.plan import Plan
from personabench.generation.query import Telling
from personabench.generation.scene import SCENES, Scene

SETTLING_IN = 0.4
"""The share of the sessions over which the facts of the start come up."""

MOST_AT_FIRST = 8
"""Facts of the start that one session brings up; with few sessions some are never told."""

MOST_NEWS = 2
"""Events that one session brings up."""

AT_ONCE = 3
"""Facts of one event that are told in one breath."""


class Outlined(BaseModel):
    """One session to come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    at: datetime
    scene: str
    tellings: tuple[Telling, ...] = ()


class Outline(BaseModel):
    """The scenes of a person's life, and their sessions in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    scenes: tuple[str, ...]
    sessions: tuple[Outlined, ...]


def outline(life: Life, plan: Plan) -> Outline:
    """The sessions of a life, as many as planned."""
    dice = plan.dice(life.person_id, "outline")
    days = _days(life, plan.sessions, dice)
    scenes = _scenes(life, days, plan.scenes, dice)
    played = _played(life, days, scenes, dice)
    tellings = _tellings(life, days, dice)
    sessions = tuple(
        Outlined(number=number, at=_at(day, dice), scene=scene.name, tellings=tuple(tellings[number]))
        for number, (day, scene) in enumerate(zip(days, played, strict=True), start=1)
    )
    return Outline(person_id=life.person_id, scenes=tuple(scene.name for scene in scenes), sessions=sessions)


def _at(day: date, dice: Random) -> datetime:
    return datetime.combine(day, time(dice.randint(8, 20), dice.choice((0, 10, 20, 30, 40, 50))), UTC)


def _days(life: Life, count: int, dice: Random) -> list[date]:
    """Days in order, about evenly spread; for each trip one that falls into it."""
    whole = (life.ends - life.begins).days
    step = whole / count
    days = [life.begins + timedelta(days=int(step * (i + dice.uniform(0.1, 0.9)))) for i in range(count)]
    moved: set[int] = set()
    for trip in (seeming for seeming in life.seemings if seeming.kind == "trip"):
        free = [i for i in range(count) if i not in moved]
        if not free:
            break
        nearest = min(free, key=lambda i: abs((days[i] - trip.day).days))
        last = (trip.until or trip.day + timedelta(days=1)) - timedelta(days=1)
        days[nearest] = trip.day + timedelta(days=dice.randint(0, max(0, (last - trip.day).days)))
        moved.add(nearest)
    return sorted(days)


def _scenes(life: Life, days: Sequence[date], count: int, dice: Random) -> list[Scene]:
    """The scenes of this life: those of this person first, then common ones, as many as asked for or as there are."""
    possible = [scene for scene in SCENES if any(can_happen(scene, life, day) for day in days)]
    own = [scene for scene in possible if scene.holder != "everybody"]
    common = [scene for scene in possible if scene.holder == "everybody"]
    dice.shuffle(own)
    dice.shuffle(common)
    return [*own, *common][:count]


def _played(life: Life, days: Sequence[date], scenes: Sequence[Scene], dice: Random) -> list[Scene]:
    """A scene for each day: one that can happen then, those that came up least first, never the same twice running."""
    times: Counter[str] = Counter()
    played: list[Scene] = []
    for day in days:
        able = [scene for scene in scenes if can_happen(scene, life, day)] or [
            scene for scene in SCENES if can_happen(scene, life, day)
        ]
        fresh = [scene for scene in able if not played or scene.name != played[-1].name] or able
        least = min(times[scene.name] for scene in fresh)
        chosen = dice.choice([scene for scene in fresh if times[scene.name] <= least])
        times[chosen.name] += 1
        played.append(chosen)
    return played


def _tellings(life: Life, days: Sequence[date], dice: Random) -> defaultdict[int, list[Telling]]:
    """What comes up in each session, by its number."""
    told: defaultdict[int, list[Telling]] = defaultdict(list)
    for number, telling in (*_of_the_start(life, days, dice), *_news(life, days), *_seemings(life, days)):
        told[number].append(telling)
    return told


def _of_the_start(life: Life, days: Sequence[date], dice: Random) -> list[tuple[int, Telling]]:
    """The facts of the start that people tell, spread over the first sessions; what is over by then is not told."""
    facts = [fact for fact in life.facts if fact.event is None and fact.reveal == "told"]
    dice.shuffle(facts)
    sessions = max(1, round(len(days) * SETTLING_IN))
    told: list[tuple[int, Telling]] = []
    facts = facts[: sessions * MOST_AT_FIRST]
    for index, fact in enumerate(facts):
        number = 1 + index * sessions // len(facts)
        if fact.holds_on(days[number - 1]):
            told.append((number, Telling(how="is", of=(fact.fact_id,))))
    return told


def _news(life: Life, days: Sequence[date]) -> list[tuple[int, Telling]]:
    """Each event in the first session after it that is not full, as far as it still holds."""
    told: list[tuple[int, Telling]] = []
    full: Counter[int] = Counter()
    facts = {fact.fact_id: fact for fact in life.facts}
    for event in sorted(life.events, key=lambda event: (event.day + timedelta(days=event.told_after), event.event_id)):
        due = event.day + timedelta(days=event.told_after)
        number = next((n for n, day in enumerate(days, 1) if day >= due and full[n] < MOST_NEWS), None)
        if number is None:
            continue
        day = days[number - 1]
        began = [facts[one] for one in event.began]
        spoken = [fact for fact in began if fact.reveal != "shown" and fact.holds_on(day)]
        ended = _ended(life, [facts[one] for one in event.ended], began, day)
        for how, some in (("became", spoken), ("ended", ended)):
            for first in range(0, len(some), AT_ONCE):
                ids = tuple(fact.fact_id for fact in some[first : first + AT_ONCE])
                told.append((number, Telling(how="became" if how == "became" else "ended", of=ids)))
        full[number] += bool(spoken or ended)
    return told


def _ended(life: Life, ended: Sequence[Fact], began: Sequence[Fact], day: date) -> list[Fact]:
    """What is over and nothing came in its place, if it was worth a word and did not come back."""
    replaced = {fact.replaces for fact in began}
    return [
        fact
        for fact in ended
        if fact.fact_id not in replaced
        and fact.reveal != "shown"
        and all(again.value != fact.value for again in life.at(fact.path, day))
    ]


def _seemings(life: Life, days: Sequence[date]) -> list[tuple[int, Telling]]:
    """Each seeming while it lasts, or in the first session after it; a trip only while it lasts."""
    told: list[tuple[int, Telling]] = []
    for seeming in life.seemings:
        number = next((n for n, day in enumerate(days, 1) if day >= seeming.day), None)
        if number is not None and _comes_up(seeming, days[number - 1]):
            told.append((number, Telling(how="seems", of=(seeming.seeming_id,))))
    return told


def _comes_up(seeming: Seeming, day: date) -> bool:
    return seeming.kind != "trip" or seeming.until is None or day < seeming.until

"""Two small lives and their queries, made by hand: what writers are tried on."""

from __future__ import annotations

import itertools
from datetime import date

from pydantic import JsonValue

from personabench.generation.life import Event, EventKind, Fact, Kind, Life, Seeming, SeemingKind
from personabench.generation.query import Need, Query
from personabench.generation.scene import Asked, Scene
from personabench.generation.seed import Seed, Written
from personabench.generation.writers.scripted import free_texts
from personabench.worlds.goals import Goal

BEGINS, TODAY, ENDS = date(2026, 1, 1), date(2026, 6, 10), date(2026, 12, 31)
SETS = ("demographics.languages", "personality.values", "personality.interests", "health.allergies")
RECORDS = ("demographics.household", "preferences.tastes", "finances.budgets", "agenda.goals")

PROPER: dict[Written, dict[str, str]] = {
    "en": {"home": "Porto", "old home": "Turin", "away": "Rome", "partner": "Maya", "child": "Noah", "pet": "Misty",
           "work": "architect", "old work": "nurse", "employer": "Almeida & Sons", "name": "Ana Reis",
           "currency": "EUR", "country": "PT", "to": "Ghent", "workflow": "a plan first"},
    "zh": {"home": "成都", "old home": "厦门", "away": "昆明", "partner": "李梅", "child": "小宇", "pet": "汤圆",
           "work": "建筑师", "old work": "护士", "employer": "宏远设计院", "name": "陈静", "currency": "CNY",
           "country": "CN", "to": "苏州", "workflow": "先列计划"},
}  # fmt: skip


def values_of(written_in: Written) -> dict[str, list[JsonValue]]:
    """Values by path, for every path that is told."""
    own = PROPER[written_in]
    return {
        "demographics.name": [own["name"]],
        "demographics.birthday": ["1988-05-12"],
        "demographics.gender": ["female", "male", "nonbinary"],
        "demographics.nationality": [own["country"], "AT"],
        "demographics.languages": ["pt", "ja"],
        "demographics.residence.city": [own["home"]],
        "demographics.residence.country": [own["country"], "US"],
        "demographics.occupation": [own["work"], "nurse", "student", "retired", "unemployed"],
        "demographics.employer": [own["employer"]],
        "demographics.education": ["bachelor's degree", "high school"],
        "demographics.income": ["low", "lower middle", "middle", "upper middle", "high"],
        "demographics.household": [
            {"who": "partner", "name": own["partner"]}, {"who": "child", "name": own["child"]},
            {"who": "cat", "name": own["pet"]}, {"who": "dog", "name": own["pet"]}, {"who": "mother", "name": "Rosa"},
        ],
        "personality.mind": ["introverted", "extraverted"],
        "personality.energy": ["observant", "intuitive"],
        "personality.nature": ["thinking", "feeling"],
        "personality.tactics": ["judging", "prospecting"],
        "personality.values": ["honesty"],
        "personality.interests": ["chess", "board games"],
        "preferences.response_style": ["direct", "warm"],
        "preferences.response_length": ["short", "medium", "long"],
        "preferences.formats": ["tables"],
        "preferences.workflows": [own["workflow"]],
        "preferences.diet": ["vegetarian", "vegan", "pescatarian", "halal", "kosher", "gluten-free", "lactose-free",
                             "low-carb"],
        "preferences.tastes": [
            {"item": item, "stance": stance, "category": category}
            for stance in ("like", "dislike")
            for item, category in (("jazz", "music"), ("thai", "food"), ("steakhouse", "food"), ("country", "music"))
        ],
        "finances.budgets": [
            {"category": category, "limit": {"amount": 30, "currency": own["currency"]}}
            for category in ("dinner", "shoes", "gifts", "groceries", "trips")
        ],
        "agenda.goals": [{"what": "run a marathon", "by": "2026-10-01"}, {"what": "save for a house"}],
        "situation.location": [own["away"]],
        "situation.mood": ["tired"],
        "health.allergies": ["peanuts"],
        "health.conditions": ["asthma"],
        "beliefs.religion": ["buddhist"],
        "life.shoe_size": [42],
        "life.seat": ["window", "aisle"],
        "life.room_temperature": [21],
        "life.wake_time": ["06:30"],
        "life.units": ["celsius", "fahrenheit"],
    }  # fmt: skip


def fact_of(path: str, value: JsonValue, fact_id: str = "f", *, since: date | None = None, until: date | None = None,
            replaces: str | None = None) -> Fact:  # fmt: skip
    kind: Kind = "records" if path in RECORDS else "set" if path in SETS else "scalar"
    return Fact(fact_id=fact_id, path=path, kind=kind, value=value, valid_from=since, valid_to=until, replaces=replaces)


def life_of(written_in: Written, *facts: Fact, seemings: tuple[Seeming, ...] = (), event: EventKind | None = None,
            ended: bool = False) -> Life:  # fmt: skip
    own = PROPER[written_in]
    ids = tuple(fact.fact_id for fact in facts)
    began, over = ((), ids) if ended else (ids, ())
    events = (Event(event_id="e", kind=event, day=TODAY, began=began, ended=over),) if event else ()
    return Life(
        seed=Seed(
            person_id="p", country=own["country"], city=own["home"], languages=(written_in,), written_in=written_in,
            name=own["name"], gender="female", born=date(1988, 5, 12), occupation=own["work"], field_of_work="building",
            household="couple", income="middle",
        ),
        begins=BEGINS, ends=ENDS, facts=facts, seemings=seemings, events=events,
    )  # fmt: skip


def whole_life(written_in: Written) -> Life:
    """Facts of every path, all of them true today: all rows of records, the first value of everything else."""
    facts = [
        fact_of(path, value, f"{path} {number}")
        for path, values in values_of(written_in).items()
        for number, value in enumerate(values if path in RECORDS else values[:1])
    ]
    return life_of(written_in, *facts)


def seemings_of(written_in: Written) -> list[Seeming]:
    """Every kind of seeming at every path that may seem so."""
    kinds: tuple[SeemingKind, ...] = ("trip", "joke", "friend", "article", "hypothetical", "past", "mood")
    return [
        Seeming(seeming_id=f"s{number}", kind=kind, path=path, value=value, day=TODAY, until=date(2026, 6, 14),
                whose="my brother" if kind in ("friend", "article") else None)
        for number, (kind, (path, values)) in enumerate(itertools.product(kinds, values_of(written_in).items()))
        for value in values[:1]
        if not path.startswith(("personality.mind", "personality.energy", "personality.nature", "personality.tactics"))
    ]  # fmt: skip


def _source(life: Life, asked: Asked) -> Fact:
    where = dict(asked.where)
    for fact in life.at(asked.paths[-1], TODAY):
        row = fact.value if isinstance(fact.value, dict) else {}
        if all(row.get(column) == wanted for column, wanted in where.items()):
            return fact
    raise LookupError(asked)


def query_of(written_in: Written, scene: Scene, needed: tuple[str, ...] | None = None) -> Query:
    """A wish of a scene with all that it may ask of the person, or the parameters named."""
    own, texts = PROPER[written_in], free_texts(written_in)
    given: dict[str, JsonValue] = {
        "day": "2026-06-12", "time": "20:00", "party": 4, "to_city": own["to"], "mode": "train", "due": "2026-06-15",
        "title": texts["title"][0], "task": texts["task"][0], "text": texts["text"][0], "room": "kitchen",
        "category": "shoes" if scene.name == "new_shoes" else "lamp", "kind": texts["kind"][0], "brightness": 40,
        "query": texts["convert" if scene.name == "a_unit_to_convert" else "query"][0], "city": own["to"],
    }  # fmt: skip
    values: dict[str, JsonValue] = {
        "city": own["home"], "from_city": own["home"], "diet": "vegetarian", "max_price": 30, "cuisine": "thai",
        "seat": "window", "genre": "jazz", "unit": "celsius", "size": 42, "degrees": 21, "time": "06:30",
        "topic": "chess",
        "to": own["partner" if "partner" in scene.name else "child"],
    }  # fmt: skip
    life = whole_life(written_in)
    return Query(
        query_id="q", scene=scene.name, worlds=(scene.world,), seed=1, currency=own["currency"],
        given={name: given[name] for name in scene.given},
        needs=tuple(
            Need(parameter=asked.parameter, path=asked.paths[-1], fact=_source(life, asked).fact_id,
                 value=values[asked.parameter], required=asked.required)
            for asked in scene.asked
            if needed is None or asked.parameter in needed
        ),
        avoids=(), calls=(), goal=Goal(collection="bookings", where=()),
    )  # fmt: skip

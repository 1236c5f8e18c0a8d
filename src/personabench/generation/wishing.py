"""Stage 4, before words: what a person wishes for in a scene, what of them it takes, and what would be wrong.

In: a life, a session of its outline. Out: the query with its gold calls and its goal, without texts. The goal is read
from the state that the gold calls reach, so that it asks for what the world can show and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from pydantic import JsonValue

from personabench.generation.life import Fact, Life
from personabench.generation.needs import Filled, argument_of, filled_by
from personabench.generation.outline import Outlined
from personabench.generation.plan import Plan
from personabench.generation.query import Avoid, Call, Need, Query
from personabench.generation.scene import BY_NAME, Asked, Scene
from personabench.generation.solving import FOUND, play, setup_of
from personabench.worlds.catalogue import WORLDS, Worlds, open_worlds
from personabench.worlds.goals import Condition, Goal, Operator, failed, last_made
from personabench.worlds.protocol import Refused, Row, State
from personabench.worlds.vocabulary import PRODUCTS, Mode

ROOMS = ("living room", "bedroom", "kitchen", "study")
MODES: tuple[Mode, ...] = ("train", "flight", "bus")
TIMES = {
    "restaurants": ("19:00", "19:30", "20:00", "20:30"),
    "lunch_with_a_friend": ("12:00", "12:30", "13:00", "13:30"),
    "calendar": ("09:00", "10:30", "11:00", "14:00", "15:30", "16:00"),
}
CATEGORIES = {
    "new_shoes": ("shoes",),
    "gift": ("toy", "book", "headphones", "backpack"),
    "something_for_the_house": ("lamp", "rice cooker", "coffee beans"),
}
assert all(one in PRODUCTS for some in CATEGORIES.values() for one in some)

SENSITIVE = ("health.", "beliefs.", "demographics.sexuality")
TELLING = ("demographics.residence.city", "demographics.employer", "preferences.diet", "demographics.name")
"""What would show that a wish which needs nothing of the user got something all the same."""

Texts = Mapping[str, Sequence[str]]
"""Free texts by what they are for: title, task, text, kind, query, convert."""


class Unplayable(Exception):
    """Why a scene comes to nothing in its world."""


def wish(life: Life, session: Outlined, plan: Plan, texts: Texts, cities: Sequence[str]) -> Query:
    """What is wished for in a session; `cities` are those that one may travel to.

    Raises: Unplayable.
    """
    scene, day = BY_NAME[session.scene], session.at.date()
    dice = plan.dice(life.person_id, f"wish {session.number}")
    filled = [found for asked in scene.asked if (found := filled_by(asked, life, day)) is not None]
    given = {name: _given(name, scene, life, day, texts, cities, dice) for name in scene.given}
    if "day" in given:
        given["day"] = _while_there(date.fromisoformat(str(given["day"])), day, filled).isoformat()
    needs = [_need(one, dice) for one in filled]
    seed = dice.randrange(1_000_000)
    currency = _currency(life, day)
    rows = {"contacts": _contacts(life, day)} if scene.world == "messages" else {}
    world = open_worlds((scene.world,), setup_of(seed, day, currency, rows))
    calls = _calls(world, scene, {**given, **{need.parameter: need.value for need in needs}})
    before = world.state
    try:
        after = play(world, calls)
    except Refused as why:
        raise Unplayable(str(why)) from None
    return Query(
        query_id=f"{life.person_id}-q{session.number:03}",
        scene=scene.name,
        worlds=(scene.world,),
        seed=seed,
        currency=currency,
        rows=rows,
        given=given,
        needs=tuple(needs),
        avoids=tuple(_avoids(life, scene, filled, day)),
        calls=tuple(calls),
        goal=_goal(scene, given, filled, before, after),
    )


def _given(
    name: str, scene: Scene, life: Life, day: date, texts: Texts, cities: Sequence[str], dice: Random
) -> JsonValue:
    match name:
        case "day" | "due":
            return (day + timedelta(days=dice.randint(1, 6))).isoformat()
        case "time":
            return dice.choice(TIMES.get(scene.name) or TIMES[scene.world])
        case "party":
            return dice.randint(3, 6) if scene.name == "dinner_out" else 2
        case "mode":
            return dice.choice(MODES)
        case "room":
            return dice.choice(ROOMS)
        case "brightness":
            return dice.choice((10, 20, 30, 50, 70, 100))
        case "category":
            return dice.choice(CATEGORIES[scene.name])
        case "city" | "to_city":
            been = {str(fact.value) for fact in life.facts if fact.path.endswith(("residence.city", "location"))}
            been |= {str(seeming.value) for seeming in life.seemings}
            return dice.choice([city for city in cities if city not in been])
        case "query":
            return dice.choice(texts["convert" if scene.name == "a_unit_to_convert" else "query"])
        case _:
            return dice.choice(texts[name])


def _while_there(wanted: date, day: date, filled: Sequence[Filled]) -> date:
    """The day of a wish that is for where somebody is on a visit: one on which they are still there.

    Raises: Unplayable where the visit ends today.
    """
    ends = [
        fact.valid_to for one in filled for fact in one.facts if fact.path == "situation.location" and fact.valid_to
    ]
    latest = min([wanted, *(end - timedelta(days=1) for end in ends)])
    if latest <= day:
        raise Unplayable("the visit is over on the day that is wished for")
    return latest


def _need(filled: Filled, dice: Random) -> Need:
    fact, asked = dice.choice(filled.facts), filled.asked
    return Need(
        parameter=asked.parameter,
        path=fact.path,
        fact=fact.fact_id,
        value=argument_of(fact, asked),
        required=asked.required,
    )


def _calls(world: Worlds, scene: Scene, arguments: Mapping[str, JsonValue]) -> list[Call]:
    """Each tool of the scene with those of the arguments that it takes; an identifier comes from the call before."""
    calls: list[Call] = []
    for tool in scene.tools:
        takes = world.parameters(tool)
        own = {name: arguments[name] for name in takes if name in arguments}
        ids = {name: f"{FOUND}{name}" for name in takes if name.endswith("_id")}
        calls.append(Call(tool=tool, arguments={**ids, **own}))
    return calls


COLUMNS: Mapping[str, tuple[str, Operator]] = {
    "diet": ("diets", "contains"),
    "max_price": ("price", "<="),
    "topic": ("topic", "in"),
}
"""How an argument shows in the row that comes of it, where not as a column of its own name."""


def _goal(scene: Scene, given: Mapping[str, JsonValue], filled: Sequence[Filled], before: State, after: State) -> Goal:
    """What the row that the gold calls made shows of the arguments.

    Raises: Unplayable where there is no such row, or it does not show one.
    """
    changed = [name for name in after if last_made(name, before, after) is not None]
    final = [name for name in changed if name != "lookups"] or changed
    if len(final) != 1:
        raise Unplayable(f"{scene.name} ends in {len(final)} collections")
    row = last_made(final[0], before, after) or {}
    conditions: list[Condition] = []
    for name, value in given.items():
        conditions.append(Condition(column=name, value=_seen(row, name, value, scene)))
    for one in filled:
        column, operator = COLUMNS.get(one.asked.parameter, (one.asked.parameter, "="))
        if operator == "=":
            conditions.append(Condition(column=column, value=_seen(row, column, one.values[0], scene)))
            continue
        if column not in row:
            raise Unplayable(f"{scene.name} does not show {column}")
        value: JsonValue = list(one.values) if operator == "in" else one.values[0]
        conditions.append(Condition(column=column, operator=operator, value=value))
    tool = scene.tools[-1] if final == ["lookups"] else None
    return Goal(collection=final[0], where=tuple(conditions), tool=tool)


def _seen(row: Row, column: str, argument: JsonValue, scene: Scene) -> JsonValue:
    """An argument as the world wrote it down.

    Raises: Unplayable where it did not.
    """
    shown = row.get(column)
    if failed((Condition(column=column, value=argument),), row) and str(shown) != str(argument):
        raise Unplayable(f"{scene.name} does not show {column}")
    return shown


def _avoids(life: Life, scene: Scene, filled: Sequence[Filled], day: date) -> list[Avoid]:
    """What no argument may hold: what was so and is over, what only seemed so, what is too private, what has no place
    in this wish."""
    right = {str(value) for one in filled for value in one.values}
    paths = {path for asked in scene.asked for path in asked.paths}
    found: list[Avoid] = []
    for fact in life.facts:
        if fact.path in paths and fact.valid_to is not None and fact.valid_to <= day:
            found += [
                Avoid(path=fact.path, value=value, why="dead", source=fact.fact_id)
                for asked in scene.asked
                if fact.path in asked.paths and (value := _value(fact, asked)) is not None
            ]
        elif fact.path.startswith(SENSITIVE) and fact.holds_on(day):
            found.append(Avoid(path=fact.path, value=fact.value, why="sensitive", source=fact.fact_id))
        elif not scene.asked and fact.path in TELLING and fact.holds_on(day):
            found.append(Avoid(path=fact.path, value=fact.value, why="not needed", source=fact.fact_id))
    for seeming in life.seemings:
        if seeming.path in paths and seeming.day <= day:
            why = "somebody else's" if seeming.kind == "friend" else "only seems"
            value = seeming.value.get("item") if isinstance(seeming.value, dict) else seeming.value
            found.append(Avoid(path=seeming.path, value=value, why=why, source=seeming.seeming_id))
    unique = {(str(avoid.value), avoid.why): avoid for avoid in found if str(avoid.value) not in right}
    return list(unique.values())


def _value(fact: Fact, asked: Asked) -> JsonValue:
    row = fact.value
    if asked.column is not None and not (
        isinstance(row, dict) and all(row.get(column) == wanted for column, wanted in asked.where)
    ):
        return None
    return argument_of(fact, asked)


def worlds_lack(query: Query) -> str | None:
    """What the worlds of a query lack that its scene takes; None where they have all of it."""
    for name in query.worlds:
        if name not in WORLDS:
            return f"there is no world {name!r}; there are: {', '.join(sorted(WORLDS))}"
    scene = BY_NAME[query.scene]
    if scene.world not in query.worlds:
        return f"the scene {scene.name!r} is of the world {scene.world!r}, which is not among its worlds"
    return None


def _currency(life: Life, day: date) -> str:
    """That of the limits that the person sets, else of their income."""
    for path, column in (("finances.budgets", "limit"), ("demographics.income", None)):
        for fact in life.at(path, day):
            money = fact.value.get(column) if isinstance(fact.value, dict) and column else fact.value
            if isinstance(money, dict) and isinstance(money.get("currency"), str):
                return str(money["currency"])
    return "EUR"


def _contacts(life: Life, day: date) -> list[Row]:
    """Whom the person can write to: who was ever close to them, and nobody knows which of them is which."""
    names = {
        str(fact.value["name"])
        for fact in life.facts
        if fact.path == "demographics.household" and isinstance(fact.value, dict) and fact.value.get("name")
        and (fact.valid_from is None or fact.valid_from <= day)
    }  # fmt: skip
    return [{"name": name} for name in sorted(names)]

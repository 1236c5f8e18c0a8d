"""Lives hang together: on every day, and over many people."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest

from aipersona.schema.sources import builtin_schema
from personabench.generation.life import Fact, Life
from personabench.generation.material.countries import countries
from personabench.generation.material.occupations import is_study, is_work, jobs, worked_as
from personabench.generation.people import draw_seeds, live
from personabench.generation.people.ages import age_on
from personabench.generation.people.eating import uneaten
from personabench.generation.people.ledger import row_of
from personabench.generation.people.money import amount_of
from personabench.generation.people.person import Person
from personabench.generation.seed import Seed
from personabench.worlds.vocabulary import BUDGETS, CUISINES, DIETS, GENRES, TOPICS

BEGINS, ENDS = date(2025, 3, 1), date(2026, 7, 1)
SEEDS = [*draw_seeds(150, 1), *draw_seeds(50, 2)]
LIVES = [live(seed, begins=BEGINS, ends=ENDS, seed_number=1) for seed in SEEDS]
DAYS = [BEGINS + timedelta(days=days) for days in range(0, (ENDS - BEGINS).days, 3)]
FIRST, LAST = date.min, date.max


def facts_of(path: str, life: Life) -> list[Fact]:
    return [fact for fact in life.facts if fact.path == path]


def overlap(one: Fact, other: Fact) -> bool:
    return (one.valid_from or FIRST) < (other.valid_to or LAST) and (other.valid_from or FIRST) < (one.valid_to or LAST)


def test_the_same_number_makes_the_same_life() -> None:
    for seed, life in list(zip(SEEDS, LIVES, strict=True))[:20]:
        assert live(seed, begins=BEGINS, ends=ENDS, seed_number=1) == life
        assert live(seed, begins=BEGINS, ends=ENDS, seed_number=2) != life


def test_a_life_comes_back_from_json_as_it_was() -> None:
    for life in LIVES[:20]:
        assert Life.model_validate_json(life.model_dump_json()) == life


def test_a_life_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        live(SEEDS[0], begins=ENDS, ends=BEGINS, seed_number=1)


def test_every_path_and_column_is_one_of_the_built_in_schema_or_a_habit_learned() -> None:
    schema = builtin_schema()
    for life in LIVES:
        for fact in life.facts:
            if fact.path.startswith("life."):
                assert fact.kind == "scalar"
                continue
            spec = schema.by_path[fact.path]
            assert fact.kind == spec.kind
            assert (fact.record is not None) == (fact.kind == "records")
            if fact.kind == "records":
                assert set(row_of(fact)) <= set(spec.columns or {})
            if spec.choices:
                assert fact.value in spec.choices


def test_values_of_the_worlds_are_of_their_closed_sets() -> None:
    for life in LIVES:
        assert all(fact.value in DIETS for fact in facts_of("preferences.diet", life))
        assert all(fact.value in TOPICS for fact in facts_of("personality.interests", life))
        assert all(row_of(fact)["category"] in BUDGETS for fact in facts_of("finances.budgets", life))
        for fact in facts_of("preferences.tastes", life):
            row = row_of(fact)
            assert row["item"] in (GENRES if row["category"] == "music" else CUISINES)


def test_values_of_one_field_never_overlap() -> None:
    for life in LIVES:
        held: dict[tuple[str, str | None], list[Fact]] = defaultdict(list)
        for fact in life.facts:
            if fact.kind != "set":
                held[fact.path, fact.record].append(fact)
            else:
                held[fact.path, str(fact.value)].append(fact)
        for versions in held.values():
            for number, one in enumerate(versions):
                assert not any(overlap(one, other) for other in versions[number + 1 :])


def test_what_is_replaced_ends_as_the_next_begins() -> None:
    for life in LIVES:
        for fact in life.facts:
            if fact.replaces is not None:
                assert life.fact(fact.replaces).valid_to == fact.valid_from
                assert life.fact(fact.replaces).value != fact.value


def test_facts_hold_for_a_day_at_least_and_come_in_order_of_time() -> None:
    for life in LIVES:
        assert all(fact.valid_to is None or (fact.valid_from or BEGINS) < fact.valid_to for fact in life.facts)
        days = [fact.valid_from or FIRST for fact in life.facts]
        assert days == sorted(days)
        assert len({fact.fact_id for fact in life.facts}) == len(life.facts)


def test_events_lie_in_the_life_and_are_told_while_what_they_began_holds() -> None:
    for life in LIVES:
        assert len(life.events) >= 10
        days = [event.day for event in life.events]
        assert days == sorted(days)
        for event in life.events:
            told = event.day + timedelta(days=event.told_after)
            assert BEGINS < event.day <= told <= ENDS
            assert event.began or event.ended
            assert event.told_after <= 40
            for begun in map(life.fact, event.began):
                assert begun.valid_from == event.day
                assert begun.event == event.event_id
                assert begun.holds_on(told)
            assert all(life.fact(ended).valid_to == event.day for ended in event.ended)


def test_whatever_begins_or_ends_does_so_by_an_event_or_is_a_trip() -> None:
    for life in LIVES:
        begun = {fact for event in life.events for fact in event.began}
        ended = {fact for event in life.events for fact in event.ended}
        for fact in life.facts:
            if fact.path != "situation.location":
                assert (fact.valid_from is not None) == (fact.fact_id in begun)
                assert (fact.valid_to is not None) == (fact.fact_id in ended)


def test_lives_are_different_in_what_happens() -> None:
    kinds = {event.kind for life in LIVES for event in life.events}
    assert len(kinds) == 18
    assert sum(any(event.told_after >= 20 for event in life.events) for life in LIVES) > len(LIVES) / 2


def test_what_seems_is_never_so_on_its_day() -> None:
    for life in LIVES:
        assert 8 <= len(life.seemings) <= 14
        assert len({seeming.kind for seeming in life.seemings}) == 7
        for seeming in life.seemings:
            assert BEGINS <= seeming.day <= ENDS
            true = life.at(seeming.path, seeming.day)
            assert all(fact.value != seeming.value for fact in true)
            if isinstance(seeming.value, dict) and "item" in seeming.value:
                assert all(row_of(fact)["item"] != seeming.value["item"] for fact in true)
            assert (seeming.whose is not None) == (seeming.kind == "friend")


def test_a_trip_is_where_somebody_is_and_not_where_they_live() -> None:
    for life in LIVES:
        trips = [seeming for seeming in life.seemings if seeming.kind == "trip"]
        assert len(trips) == len(facts_of("situation.location", life)) >= 1
        for trip in trips:
            assert trip.until is not None
            for day in (trip.day, trip.until):
                assert [fact.value for fact in life.at("situation.location", day)] == [trip.value]
                assert [fact.value for fact in life.at(trip.path, day)] != [trip.value]
            assert not life.at("situation.location", trip.until + timedelta(days=1))


def test_nobody_likes_what_their_diet_leaves_out_nor_two_genres_or_cuisines_at_once() -> None:
    for life in LIVES:
        for day in DAYS:
            diet = "".join(str(fact.value) for fact in life.at("preferences.diet", day))
            liked = [row_of(fact) for fact in life.at("preferences.tastes", day) if row_of(fact)["stance"] == "like"]
            assert not any(row["item"] in uneaten(diet) for row in liked)
            assert len({str(row["category"]) for row in liked}) == len(liked)


def test_three_in_five_have_a_diet() -> None:
    share = sum(bool(life.at("preferences.diet", BEGINS)) for life in LIVES) / len(LIVES)
    assert 0.5 < share < 0.72


def test_money_is_in_the_currency_of_the_country_at_the_time() -> None:
    currencies = {country.name: country.currency for country in countries().values()}
    for life in LIVES:
        for day in DAYS:
            (country,) = life.at("demographics.residence.country", day)
            money = [fact.value for fact in life.at("demographics.income", day)]
            money += [row_of(fact)["limit"] for fact in life.at("finances.budgets", day)]
            for amount in money:
                assert isinstance(amount, dict)
                assert amount["currency"] == currencies[str(country.value)]
                assert amount_of(amount) > 0


def test_some_people_move_to_another_country() -> None:
    assert any(len(facts_of("demographics.residence.country", life)) > 1 for life in LIVES)


def test_work_fits_the_age_on_every_day() -> None:
    for life in LIVES:
        for day in DAYS:
            age = age_on(day, life.seed.born)
            (fact,) = life.at("demographics.occupation", day)
            occupation = str(fact.value)
            employed = life.at("demographics.employer", day)
            assert len(employed) == (is_work(occupation) and not jobs()[occupation].own)
            assert not is_work(occupation) or age >= jobs()[occupation].from_age
            assert not worked_as(occupation) or age >= 61
            assert not is_study(occupation) or age < 32


def test_children_are_younger_than_their_parents() -> None:
    for seed, life in zip(SEEDS, LIVES, strict=True):
        start = _person(seed)
        for kin in start.family:
            if kin.who == "child":
                assert kin.born is not None
                assert kin.born < BEGINS
                assert 19 <= age_on(kin.born, seed.born) <= 43
            if kin.who in ("mother", "grandmother"):
                assert kin.born is not None
                assert age_on(seed.born, kin.born) >= 18
        births = [event for event in life.events if event.kind == "birth"]
        for birth in births:
            assert 22 <= age_on(birth.day, seed.born) <= 46
            assert [row_of(fact)["who"] for fact in map(life.fact, birth.began)] == ["child"]
            assert any(row_of(fact)["who"] == "partner" for fact in life.at("demographics.household", birth.day))


def test_the_young_have_neither_partners_nor_children() -> None:
    for life in LIVES:
        for fact in facts_of("demographics.household", life):
            if row_of(fact)["who"] in ("partner", "child"):
                assert age_on(fact.valid_from or BEGINS, life.seed.born) >= 20


def test_nobody_marries_within_months_of_a_separation_nor_has_two_partners() -> None:
    for life in LIVES:
        kinds = [event.kind for event in life.events]
        assert not ("marriage" in kinds and "separation" in kinds)
        for day in DAYS:
            partners = [fact for fact in life.at("demographics.household", day) if row_of(fact)["who"] == "partner"]
            assert len(partners) <= 1


def test_names_in_a_household_are_different() -> None:
    for life in LIVES:
        names = [row_of(fact)["name"] for fact in life.at("demographics.household", BEGINS)]
        assert len(set(map(str, names))) == len(names)
        assert life.seed.name not in names


def test_what_is_special_is_known_of_some_people_only_and_mostly_said_when_asked() -> None:
    special = [[fact for fact in life.facts if fact.path.startswith(("health.", "beliefs."))] for life in LIVES]
    assert any(not facts for facts in special)
    every = [fact for facts in special for fact in facts if fact.event is None]
    assert sum(fact.reveal == "asked" for fact in every) > len(every) / 2
    traits = [fact for life in LIVES for fact in life.facts if fact.path.startswith("patterns.")]
    assert {fact.reveal for fact in traits} == {"shown"}


def test_a_short_life_is_made_too() -> None:
    life = live(SEEDS[3], begins=BEGINS, ends=BEGINS + timedelta(days=60), seed_number=1)
    assert all(BEGINS <= event.day <= life.ends for event in life.events)
    assert all(seeming.day <= life.ends for seeming in life.seemings)


def _person(seed: Seed) -> Person:
    return Person(seed, BEGINS, ENDS, Random(f"1/{seed.person_id}/life"))

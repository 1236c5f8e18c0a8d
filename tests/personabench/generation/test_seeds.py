"""People are varied, plausible, and the same for the same number."""

from __future__ import annotations

from datetime import date

import pytest

from personabench.generation.material.chinese import in_chinese
from personabench.generation.material.countries import INCOMES, countries, proper
from personabench.generation.material.occupations import is_study, is_work, jobs, studies, worked_as
from personabench.generation.material.words import words
from personabench.generation.people import coverage, draw_seeds
from personabench.generation.people.ages import age_on
from personabench.generation.people.drawing import DRAWN_ON
from personabench.generation.seed import Seed

PEOPLE = draw_seeds(400, 7)


def is_chinese(text: str) -> bool:
    return all("\u4e00" <= letter <= "\u9fff" for letter in text)


def age(seed: Seed) -> int:
    return age_on(DRAWN_ON, seed.born)


def test_the_material_is_broad_enough() -> None:
    assert len(countries()) >= 16
    assert len({tag for country in countries().values() for tag in country.languages.home}) >= 10
    for country in countries().values():
        assert len(country.cities) >= 8
        assert min(len(country.names.female), len(country.names.male)) >= 20
        assert list(country.incomes) == sorted(country.incomes)
    assert len(jobs()) >= 250


def test_whatever_a_chinese_writer_may_need_has_chinese_words() -> None:
    for code in ("CN", "TW", "SG"):
        country = countries()[code]
        for names in (country.cities, country.stems, country.names.female, country.names.male):
            assert all(map(is_chinese, proper(names, "zh")))
    assert all(is_chinese(in_chinese("demographics.occupation", name) or "") for name in jobs())
    assert in_chinese("demographics.occupation", "retired nurse") == "退休护士"
    assert in_chinese("demographics.nationality", "Chinese") == "中国人"
    assert in_chinese("demographics.languages", "Chinese") == "中文"
    assert in_chinese("preferences.response_style", "formal") == "正式"
    assert all(country.cities[city] for country in countries().values() for city in country.cities)


def test_every_job_that_takes_experience_is_one() -> None:
    assert studies().experienced <= jobs().keys()
    assert set(words().targets) <= {what for group in words().goals for what in group.items}


def test_the_same_number_draws_the_same_people() -> None:
    assert draw_seeds(30, 7) == PEOPLE[:30]
    assert draw_seeds(30, 8) != PEOPLE[:30]


def test_who_somebody_is_does_not_depend_on_how_many_there_are() -> None:
    assert draw_seeds(3, 7) == PEOPLE[:3]


@pytest.mark.parametrize("number", range(6))
def test_any_forty_people_cover_many_countries_languages_ages_and_genders(number: int) -> None:
    people = draw_seeds(160, number)
    for first in range(120):
        some = people[first : first + 40]
        assert len({seed.country for seed in some}) >= 12
        assert len({seed.languages[0] for seed in some}) >= 8
        assert {seed.gender for seed in some} == {"female", "male", "nonbinary"}
        assert min(map(age, some)) < 25
        assert max(map(age, some)) > 65


def test_chinese_is_written_where_it_is_spoken_at_home_and_english_elsewhere() -> None:
    for seed in PEOPLE:
        assert seed.written_in == ("zh" if seed.languages[0] == "zh" else "en")
        assert seed.written_in in seed.languages
        assert is_chinese(seed.name) == is_chinese(seed.city) == (seed.written_in == "zh")


def test_nobody_is_written_in_a_language_that_the_writer_lacks() -> None:
    people = draw_seeds(100, 7, writes=("en",))
    assert {seed.written_in for seed in people} == {"en"}
    assert not any(is_chinese(seed.name) or is_chinese(seed.city) for seed in people)
    assert any(seed.languages[0] == "zh" for seed in people)


def test_work_fits_the_age() -> None:
    for seed in PEOPLE:
        assert 16 <= age(seed) <= 90
        if age(seed) < 18:
            assert seed.occupation in studies().pupils
        if is_study(seed.occupation):
            assert age(seed) < 30
        if worked_as(seed.occupation) is not None:
            assert age(seed) >= 61
        if is_work(seed.occupation):
            assert age(seed) >= jobs()[seed.occupation].from_age
    old = [seed for seed in PEOPLE if age(seed) >= 75]
    assert sum(is_work(seed.occupation) for seed in old) < len(old) / 5


def test_the_household_fits_the_age() -> None:
    for seed in PEOPLE:
        if age(seed) < 18:
            assert seed.household in ("with parents", "extended family")
        if seed.household in ("family", "single parent"):
            assert age(seed) >= 25
        if seed.household == "with parents":
            assert age(seed) < 30


def test_income_is_what_the_work_pays() -> None:
    for seed in PEOPLE:
        if is_work(seed.occupation):
            assert seed.income in jobs()[seed.occupation].pay
        elif former := worked_as(seed.occupation):
            assert INCOMES.index(seed.income) <= INCOMES.index(jobs()[former].pay[-1])
        else:
            assert seed.income == "low"


def test_coverage_counts_everybody_once_and_names_what_is_skewed() -> None:
    seen = coverage(PEOPLE)
    assert seen.people == 400
    assert all(sum(spread.counts.values()) == 400 for spread in seen.spreads)
    assert seen.of("country").deviation == 0
    assert seen.of("age").deviation < 1
    assert seen.of("language of the sessions").furthest == "en"
    assert seen.occupations > 150
    text = seen.as_markdown()
    assert "| country | 20 | 20 | 0.0 points" in text
    assert "Not drawn evenly" in text
    assert "income" in text.splitlines()[-1]


def test_coverage_of_nobody_deviates_by_nothing() -> None:
    assert coverage([]).of("country").deviation == 0
    with pytest.raises(KeyError):
        coverage([]).of("shoe size")


def test_ages_are_those_of_the_day_that_is_asked_about() -> None:
    later = draw_seeds(12, 7, on=date(2031, 6, 1))
    assert all(16 <= age_on(date(2031, 6, 1), seed.born) <= 90 for seed in later)


def test_every_student_may_become_something() -> None:
    known = studies()
    assert {name for names in known.students.values() for name in names} == known.becomes.keys()
    assert set(known.becomes.values()) <= jobs().keys()

"""The scripted writer: everything that a life holds can be said, in both languages, and wishes have a twin that tells
nothing."""

from __future__ import annotations

import random
import re
from datetime import date, time
from typing import get_args

import pytest

from personabench.generation.life import Life
from personabench.generation.query import Telling, TellingHow
from personabench.generation.scene import SCENES, Scene
from personabench.generation.seed import Written
from personabench.generation.writers.protocol import Writer
from personabench.generation.writers.scripted import ScriptedWriter, free_texts
from personabench.generation.writers.scripted.days import clock_forms, day_forms, past_forms
from personabench.generation.writers.scripted.grammar import PLAIN, BadPhrase, fill, with_article
from personabench.generation.writers.scripted.material import phrases
from personabench.generation.writers.wordings import wordings
from personabench.worlds import vocabulary
from tests.personabench.generation.hand_made import (
    PROPER,
    TODAY,
    fact_of,
    life_of,
    query_of,
    seemings_of,
    values_of,
    whole_life,
)

WRITER: Writer = ScriptedWriter()
LANGUAGES: tuple[Written, ...] = get_args(Written)
HOWS: tuple[TellingHow, ...] = ("is", "became", "ended")
PATHS = list(values_of("en"))
TIMES = 12

UNFILLED = re.compile(r"[{}<>\[\]|*]|  |None|\bnull\b")
COMMON = (
    "demographics.residence.city", "demographics.occupation", "demographics.employer", "demographics.household:partner",
    "demographics.household:child", "demographics.household:cat", "demographics.household:dog", "preferences.diet",
    "personality.interests", "preferences.tastes:like music", "preferences.tastes:like food", "finances.budgets",
    "agenda.goals", "situation.location",
)  # fmt: skip
VERY_COMMON = {"42", "21", "30", "short", "tired"}


def well_formed(text: str, written_in: Written) -> bool:
    if UNFILLED.search(text) or not text.strip() or text != text.strip():
        return False
    if written_in == "zh":
        return text[-1] in "。！？”" and not re.search(r"[，。：；][，。：；]|[一-鿿] [一-鿿]", text)
    return text[-1] in '.!?"' and not re.search(r"[a-z] [.,!?]|[.,][.,!?]|(^|[.!?] )[a-z]", text)


def names(text: str, value: object, written_in: Written) -> bool:
    found = wordings(value, written_in)  # pyright: ignore[reportArgumentType]
    return any(mentions(text, word, written_in) for word in found)


def mentions(text: str, word: str, written_in: Written) -> bool:
    if written_in == "zh" or not word[0].isalnum():
        return word.casefold() in text.casefold()
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold()) is not None


@pytest.mark.parametrize("written_in", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", HOWS)
def test_every_fact_can_be_told_in_every_way_and_names_its_value(written_in: Written, path: str, how: TellingHow):
    for value in values_of(written_in)[path]:
        said: set[str] = set()
        for seed in range(TIMES):
            since, until = (None, date(2026, 5, 28)) if how == "ended" else (date(2026, 5, 28), None)
            life = life_of(written_in, fact_of(path, value, since=since, until=until))
            text = WRITER.tell(life, Telling(how=how, of=("f",)), TODAY, random.Random(seed))
            assert well_formed(text, written_in), text
            assert how == "ended" or value in ("student", "retired") or names(text, value, written_in), (text, value)
            said.add(text)
        assert len(said) > 2, said


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_what_is_often_told_has_at_least_six_phrasings(written_in: Written):
    material = phrases(written_in, "facts")
    for heading in COMMON:
        assert all(len(set(material[heading][how])) >= 6 for how in HOWS), heading
    for heading, group in material.items():
        if heading in PATHS:
            assert len(group["is"]) >= 6, heading
            assert all(len(group[how]) >= 3 for how in HOWS), heading


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_a_phrase_is_written_once_in_its_list(written_in: Written):
    for theme in ("facts", "seemings", "clauses", "replies", "chat", "free_texts", "scenes"):
        for heading, group in phrases(written_in, theme).items():
            for below, texts in group.items():
                assert len(set(texts)) == len(texts), (theme, heading, below)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_every_kind_of_seeming_can_be_told_of_every_field(written_in: Written):
    for seeming in seemings_of(written_in):
        life = life_of(written_in, seemings=(seeming,))
        for seed in range(4):
            text = WRITER.tell(life, Telling(how="seems", of=(seeming.seeming_id,)), TODAY, random.Random(seed))
            assert well_formed(text, written_in), text


@pytest.mark.parametrize("written_in", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_both_wishes_name_what_is_given_and_only_the_personal_one_what_is_needed(written_in: Written, scene: Scene):
    life, query = whole_life(written_in), query_of(written_in, scene)
    for seed in range(30):
        personal, neutral = WRITER.ask(life, scene, query, TODAY, random.Random(seed))
        for text in (personal, neutral):
            assert well_formed(text, written_in), text
            for name, value in query.given.items():
                if name not in ("day", "due", "party", "mode"):
                    assert names(text, value, written_in), (text, name)
        for need in query.needs:
            value = {"amount": need.value, "currency": query.currency} if need.parameter == "max_price" else need.value
            assert names(personal, value, written_in), (personal, need)
        for text in facts_in(neutral, life, written_in, but=set(map(str, query.given.values()))):
            pytest.fail(f"{text}: {neutral}")


def facts_in(text: str, life: Life, written_in: Written, *, but: set[str]) -> list[str]:
    """What of a life stands in a text, but common words and what is a given too."""
    common = {word for value in ("shoes", "gifts", "dinner", "trips") for word in wordings(value, written_in)}
    found: list[str] = []
    for fact in life.on(TODAY):
        if fact.path == "demographics.household" and isinstance(fact.value, dict):
            values = [fact.value["name"]]
        else:
            values = [fact.value]
        for word in (word for value in values for word in wordings(value, written_in)):
            if word not in common | VERY_COMMON | but and mentions(text, word, written_in):
                found.append(f"{fact.path} {word!r}")
    return found


@pytest.mark.parametrize("written_in", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_wish_that_needs_less_says_less(written_in: Written, scene: Scene):
    for asked in scene.asked:
        query = query_of(written_in, scene, (asked.parameter,))
        personal, neutral = WRITER.ask(whole_life(written_in), scene, query, TODAY, random.Random(5))
        assert well_formed(personal, written_in), personal
        assert personal != neutral
    bare = query_of(written_in, scene, ())
    personal, neutral = WRITER.ask(whole_life(written_in), scene, bare, TODAY, random.Random(5))
    assert personal == neutral


@pytest.mark.parametrize("written_in", LANGUAGES)
@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.asked], ids=lambda scene: scene.name)
def test_answers_and_corrections_name_the_value(written_in: Written, scene: Scene):
    life, query = whole_life(written_in), query_of(written_in, scene)
    for need in query.needs:
        value = {"amount": need.value, "currency": query.currency} if need.parameter == "max_price" else need.value
        for seed in range(TIMES):
            for say in (WRITER.answer, WRITER.correct):
                text = say(life, need, TODAY, random.Random(seed))
                assert well_formed(text, written_in), text
                assert names(text, value, written_in), (text, need)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_the_same_seed_writes_the_same_text(written_in: Written):
    life, scene = whole_life(written_in), SCENES[0]
    query, telling = query_of(written_in, scene), Telling(how="is", of=("preferences.diet 0", "life.seat 0"))

    def everything(seed: int) -> list[object]:
        rng = random.Random(seed)
        return [
            WRITER.tell(life, telling, TODAY, rng), WRITER.ask(life, scene, query, TODAY, rng),
            WRITER.answer(life, query.needs[0], TODAY, rng), WRITER.correct(life, query.needs[0], TODAY, rng),
            WRITER.thank(life, rng), WRITER.give_up(life, rng), WRITER.small_talk(life, TODAY, rng),
        ]  # fmt: skip

    assert everything(1) == everything(1)
    assert everything(1) != everything(2)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_a_move_to_another_country_is_told_in_one_go_and_may_name_the_old_home(written_in: Written):
    own, since = PROPER[written_in], date(2026, 6, 1)
    life = life_of(
        written_in,
        fact_of("demographics.residence.city", own["old home"], "old", until=since),
        fact_of("demographics.residence.city", own["home"], "city", since=since, replaces="old"),
        fact_of("demographics.residence.country", own["country"], "country", since=since),
    )
    texts = [
        WRITER.tell(life, Telling(how="became", of=("city", "country")), TODAY, random.Random(seed))
        for seed in range(40)
    ]
    assert all(names(text, own["home"], written_in) and names(text, own["country"], written_in) for text in texts)
    assert any(own["old home"] in text for text in texts)
    assert any(own["old home"] not in text for text in texts)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_several_facts_told_together_are_all_named(written_in: Written):
    own, since = PROPER[written_in], date(2026, 6, 1)
    facts = [
        fact_of("demographics.employer", own["employer"], "employer", since=since),
        fact_of("demographics.occupation", own["work"], "work", since=since),
        fact_of("demographics.residence.city", own["home"], "city", since=since),
    ]
    for seed in range(40):
        telling = Telling(how="became", of=("employer", "work", "city"))
        text = WRITER.tell(life_of(written_in, *facts), telling, TODAY, random.Random(seed))
        assert well_formed(text, written_in), text
        assert all(own[name] in text for name in ("employer", "work", "home")), text


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_a_change_of_diet_may_name_the_old_one(written_in: Written):
    old = fact_of("preferences.diet", "vegetarian", "old", until=TODAY)
    new = fact_of("preferences.diet", "vegan", "new", since=TODAY, replaces="old")
    life, telling = life_of(written_in, old, new), Telling(how="became", of=("new",))
    texts = [WRITER.tell(life, telling, TODAY, random.Random(seed)) for seed in range(60)]
    assert all(names(text, "vegan", written_in) for text in texts)
    assert 0 < sum(names(text.replace("纯素食者", ""), "vegetarian", written_in) for text in texts) < len(texts)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_an_event_has_words_of_its_own(written_in: Written):
    partner = fact_of("demographics.household", {"who": "partner", "name": PROPER[written_in]["partner"]})
    married = WRITER.tell(
        life_of(written_in, partner, event="marriage"), Telling(how="became", of=("f",)), TODAY, random.Random(1)
    )
    assert re.search(r"married|yes|结婚|把婚结了", married)
    goal = fact_of("agenda.goals", {"what": "run a marathon"}, until=TODAY)
    reached = life_of(written_in, goal, event="goal reached", ended=True)
    text = WRITER.tell(reached, Telling(how="ended", of=("f",)), TODAY, random.Random(1))
    assert re.search(r"reached|did it|done|made it|tick it|达|做到|完成|搞定", text, re.IGNORECASE)


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_talk_beside_the_matter_is_well_formed_and_tells_nothing_of_the_life(written_in: Written):
    life = whole_life(written_in)
    for seed in range(80):
        rng = random.Random(seed)
        day = date.fromordinal(TODAY.toordinal() + seed * 5)
        for text in (WRITER.small_talk(life, day, rng), WRITER.thank(life, rng), WRITER.give_up(life, rng)):
            assert well_formed(text, written_in), text
            assert not facts_in(text, life, written_in, but=set())


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_what_wishes_are_about_holds_no_value_that_a_person_may_have(written_in: Written):
    texts = free_texts(written_in)
    assert {"title", "task", "text", "kind", "query", "convert"} == set(texts)
    kept = (vocabulary.DIETS, vocabulary.CUISINES, vocabulary.GENRES, vocabulary.TOPICS, vocabulary.SEATS)
    words = {word for values in kept for value in values for word in wordings(value, written_in)}
    for name, listed in texts.items():
        assert len(set(listed)) >= 12, name
        for text in listed:
            assert not [word for word in words if mentions(text, word, written_in)], text


@pytest.mark.parametrize("written_in", LANGUAGES)
def test_every_value_of_the_vocabulary_has_a_wording(written_in: Written):
    themes = (vocabulary.DIETS, vocabulary.CUISINES, vocabulary.GENRES, vocabulary.TOPICS, vocabulary.PRODUCTS,
              vocabulary.SEATS, vocabulary.BUDGETS, get_args(vocabulary.Mode), get_args(vocabulary.Unit),
              get_args(vocabulary.Room))  # fmt: skip
    for value in (value for theme in themes for value in theme):
        assert [word for word in wordings(value, written_in) if written_in == "en" or word != value], value


def test_numbers_money_and_times_are_recognised_as_they_are_said():
    assert {"30 euros", "€30", "30 EUR"} <= set(wordings({"amount": 30, "currency": "EUR"}, "en"))
    assert {"1,500 dollars", "$1500"} <= set(wordings({"amount": 1500, "currency": "USD"}, "en"))
    assert {"200块", "200元"} <= set(wordings({"amount": 200.0, "currency": "CNY"}, "zh"))
    assert {"half past six", "6:30 am", "06:30"} <= set(wordings("06:30", "en"))
    assert {"早上6点半", "早上六点半"} <= set(wordings("06:30", "zh"))
    assert "Maya" in wordings({"who": "partner", "name": "Maya"}, "en")
    assert "葡萄牙" in wordings("PT", "zh")
    assert wordings(None, "en") == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nurse", "a nurse"), ("architect", "an architect"), ("university lecturer", "a university lecturer"),
        ("usher", "an usher"), ("HR manager", "an HR manager"), ("UX designer", "a UX designer"),
        ("IT technician", "an IT technician"), ("hourly worker", "an hourly worker"), ("undertaker", "an undertaker"),
        ("European lawyer", "a European lawyer"), ("seat", "a seat"), ("Italian place", "an Italian place"),
    ],
)  # fmt: skip
def test_the_article_goes_by_the_sound(words: str, said: str):
    assert with_article(words) == said


def test_a_day_is_said_so_that_only_one_can_be_meant():
    wednesday = date(2026, 6, 10)
    assert day_forms(date(2026, 6, 11), wednesday, "en")[PLAIN] == ["tomorrow"]
    assert "on Friday" in day_forms(date(2026, 6, 12), wednesday, "en")[PLAIN]
    assert "on 17 June" in day_forms(date(2026, 6, 17), wednesday, "en")[PLAIN]
    assert "on Wednesday" not in day_forms(date(2026, 6, 17), wednesday, "en")[PLAIN]
    assert "on June 17" in day_forms(date(2026, 6, 17), wednesday, "en", american=True)[PLAIN]
    assert day_forms(date(2026, 6, 12), wednesday, "zh")[PLAIN] == ["后天"]
    assert "这周日" in day_forms(date(2026, 6, 14), wednesday, "zh")[PLAIN]
    assert "下周一" in day_forms(date(2026, 6, 15), wednesday, "zh")[PLAIN]
    assert day_forms(date(2026, 7, 1), wednesday, "zh")[PLAIN] == ["7月1号", "7月1日"]


def test_what_is_behind_is_said_from_the_day():
    wednesday = date(2026, 6, 10)
    assert past_forms(date(2026, 6, 3), wednesday, "en")[PLAIN][0] == "last week"
    assert past_forms(date(2026, 5, 20), wednesday, "en")[PLAIN] == ["three weeks ago"]
    assert "since the start of May" in past_forms(date(2026, 5, 3), wednesday, "en")["since"]
    assert "上周" in past_forms(date(2026, 6, 3), wednesday, "zh")[PLAIN]
    assert past_forms(date(2025, 5, 3), wednesday, "zh")[PLAIN] == ["去年5月"]


def test_a_time_keeps_its_half_of_the_day():
    assert "8 pm" in clock_forms(time(20), "en")[PLAIN]
    assert clock_forms(time(12), "en")[PLAIN] == ["noon", "12 noon"]
    assert "晚上8点" in clock_forms(time(20), "zh")[PLAIN]
    assert "下午两点半" in clock_forms(time(14, 30), "zh")[PLAIN]


def test_a_phrase_is_filled_with_what_is_there():
    slots = {"city": {PLAIN: ["Porto"]}}
    assert fill("a table< in {city}>< for {party}>, please", slots, random.Random(1)).text == "A table in Porto, please"
    assert fill("<{party}|nobody> is here", slots, random.Random(1)).text == "Nobody is here"
    assert fill("[go|go] to {city}", slots, random.Random(1)).used == {"city"}
    for broken in ("[a|b", "{city", "a>", "{party}"):
        with pytest.raises(BadPhrase):
            fill(broken, slots, random.Random(1))


@pytest.mark.parametrize("written_in", ["en", "zh"])
def test_a_visit_of_some_days_is_not_said_to_end_otherwise(written_in: Written):
    told = phrases(written_in, "seemings")["trip"]["demographics.residence.city"]
    wrong = re.compile(r"weekend|couple|whole day|tonight|late|今天|今晚|晚上坐|周末|两")
    assert len(told) > 6
    assert [text for text in told if wrong.search(text)] == [], "visits last four days to nine, whatever the weekday"
